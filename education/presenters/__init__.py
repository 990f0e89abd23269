"""Pages as readers see them: plain frozen data, without HTML, for one country."""
