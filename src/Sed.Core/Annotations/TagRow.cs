namespace Sed.Core.Annotations;

/// <summary>One row of a tag list: a label that a file has.</summary>
/// <param name="Label">The label; empty when the row only says that the file was looked at and has no tag.</param>
/// <param name="EndIsZero">True for rows "file 0 0 label": the official scorer of DCASE 2017 Task 4 A passes over them.</param>
/// <param name="Line">The line the row stood on, from 1; 0 when the list was not read from a file.</param>
public readonly record struct TagRow(string Label, bool EndIsZero = false, int Line = 0);
