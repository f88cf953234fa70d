namespace Ringwright.Texml.Documents;

/// <summary>What may stand where, by the contract's sheet.</summary>
internal static class TexmlPlaces
{
    /// <summary>The row of an element that stands in another; null where it may not.</summary>
    public static ElementRow? RowOf(ElementRow within, string name) => !within.Children.Contains(name) ? null
        : TexmlSheet.Elements.GetValueOrDefault($"{within.Name}/{name}") ?? TexmlSheet.Elements[name];

    /// <summary>Sentences on all within that may not stand where it does, and on text where there is none.</summary>
    public static IEnumerable<string> FaultsIn(TexmlElement element, ElementRow row)
    {
        if (row.Children is ["*"]) yield break;
        if (row.Text is "none" && element is { Children.Count: 0, Text.Length: > 0 })
            yield return $"{element.Name} takes no text ({element.At})";
        foreach (var child in element.Children)
        {
            if (RowOf(row, child.Name) is not { } own) yield return $"{child.Name} cannot stand in {element.Name} ({child.At})";
            else
                foreach (string fault in FaultsIn(child, own)) yield return fault;
        }
    }

    /// <summary>Those within that only say more of what they stand in: nobody else looks at their attributes.</summary>
    public static IEnumerable<TexmlElement> DetailsIn(TexmlElement element, ElementRow row)
    {
        foreach (var child in element.Children)
        {
            if (RowOf(row, child.Name) is not { } own) continue;
            if (own.Role is "detail") yield return child;
            foreach (var detail in DetailsIn(child, own)) yield return detail;
        }
    }
}
