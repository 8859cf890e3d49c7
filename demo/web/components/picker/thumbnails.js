// Native radio buttons under small pictures: arrows and focus come with them.
export default function ({ data, parentElement, setTriggerValue }) {
  shrinkUploads();
  const grid = parentElement.querySelector(".grid");
  if (!grid.childElementCount) {
    for (const photo of data.photographs) {
      const label = document.createElement("label");
      const input = Object.assign(document.createElement("input"), { type: "radio", name: "photograph", value: photo.name });
      const image = Object.assign(document.createElement("img"), { src: photo.src, alt: photo.title, title: photo.title });
      input.setAttribute("aria-label", photo.title);
      label.append(input, image);
      grid.append(label);
    }
  }
  grid.onchange = (event) => { setTriggerValue("picked", event.target.value); closeDrawer(); };
  for (const input of grid.querySelectorAll("input")) input.checked = input.value === data.selected;
}
