// Plotly's own bundle, one file for every chart of every page: asked for once, kept by the browser.

function plotlyReady() {
  window.fgsmPlotly ??= new Promise((resolve) => {
    const streamlit = document.querySelector('script[src*="/static/js/"]').src;
    const load = () => {
      const script = document.createElement("script");
      script.src = new URL(`../../app/static/${PLOTLY}`, streamlit).href;
      script.onload = () => resolve(window.Plotly);
      script.onerror = () => { script.remove(); setTimeout(load, 1000); }; // the server is away
      document.head.append(script);
    };
    load();
  });
  return window.fgsmPlotly;
}
