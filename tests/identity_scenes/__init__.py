"""Scenes of an invented identity card before a camera: drawn, labelled 样本, nobody's."""
