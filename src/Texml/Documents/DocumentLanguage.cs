namespace Ringwright.Texml.Documents;

/// <summary>Whose attributes, ranges and defaults hold in a document: each has a column in <c>attributes.tsv</c>.</summary>
public enum DocumentLanguage { Texml, Twiml }

/// <summary>What one element may have in one language.</summary>
public static class LanguageSheet
{
    /// <summary>Null where the language has no such attribute.</summary>
    public static AttributeRow? Find(DocumentLanguage language, string element, string name)
    {
        bool isTwiml = language is DocumentLanguage.Twiml;
        if (isTwiml) name = TexmlSheet.NameOf(element, name);
        return TexmlSheet.AttributesOf(isTwiml).GetValueOrDefault((element, name)) is { Default: not null } row ? row : null;
    }

    /// <summary>All attributes of an element, by their names.</summary>
    public static IEnumerable<string> NamesOf(DocumentLanguage language, string element) =>
        TexmlSheet.AttributesOf(language is DocumentLanguage.Twiml).Values.Where(row => row.Element == element && row.Default is not null)
            .OrderBy(row => row.Name, StringComparer.Ordinal).Select(row => row.Name);
}
