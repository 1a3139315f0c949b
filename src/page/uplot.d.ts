/** uPlot's own module, which the build puts beside this page: a browser knows no package names. */
export { default } from 'uplot'
