using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>A page of a list whose rows do not go: a cursor is how many of them lie before it.</summary>
/// <param name="Limit">Rows, at most.</param>
internal sealed record OffsetPage(int Offset, int Limit)
{
    /// <returns>Null for a cursor that no page gave.</returns>
    public static OffsetPage? Read(ListRequest list)
    {
        int size = list.Limit ?? list.Size;
        if ((list.After ?? list.Before) is not { } cursor) return new(list.IsByCursor ? 0 : list.Offset, size);
        if (!int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out int at)) return null;
        return list.After is not null ? new(at, size) : new(Math.Max(0, at - size), Math.Min(at, size));
    }

    /// <param name="total">Of the whole list.</param>
    public CursorPage Of(IReadOnlyList<JsonObject> items, long total)
    {
        int end = Offset + items.Count;
        return new(items, items.Count > 0 && Offset > 0 ? Text(Offset) : null, items.Count > 0 && end < total ? Text(end) : null, total);
    }

    private static string Text(int offset) => offset.ToString(CultureInfo.InvariantCulture);
}
