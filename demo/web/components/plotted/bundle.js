// Plotly's own bundle, one file for every chart of every page: asked for once, kept by the browser.

function plotlyReady() {
  window.fgsmPlotly ??= new Promise((resolve) => {
    const streamlit = document.querySelector('script[src*="/static/js/"]').src;
    const address = new URL(`../../app/static/${PLOTLY}`, streamlit).href;
    const load = async () => {
      try { // its name holds its hash: what the browser has is right, however old it is
        const answer = await fetch(address, { cache: "force-cache" });
        if (!answer.ok) throw new Error(answer.statusText);
        const script = document.createElement("script");
        script.src = URL.createObjectURL(await answer.blob());
        script.onload = () => resolve(window.Plotly);
        document.head.append(script);
      } catch { // the server is away
        setTimeout(load, 1000);
      }
    };
    load();
  });
  return window.fgsmPlotly;
}
