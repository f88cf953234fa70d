namespace Ringwright.Campaigns.Lists;

/// <summary>
/// What a reader of CSV finds wrong with quotes: in a row, where a quote stands alone; and in all of a list, where one is not closed and
/// the lines behind it are taken for its cell. Not for several threads.
/// </summary>
public sealed class ListQuotes
{
    /// <summary>Of the row: which of its cells ends where nobody knows.</summary>
    public bool IsBad { get; private set; }

    /// <summary>Of the list: rows are lost in a cell.</summary>
    public bool IsOpen { get; private set; }

    /// <param name="cell">As it stands, with its quotes.</param>
    public void Found(string cell)
    {
        if (ListText.IsPlainText(cell)) return;
        IsBad = true;
        IsOpen |= cell.AsSpan().Trim().ContainsAny('\r', '\n');
    }

    public void NextRow() => IsBad = false;
}
