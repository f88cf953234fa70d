namespace Ringwright.Texml.Documents;

/// <summary>What a document says and plays, for people who read along.</summary>
public static class DocumentScript
{
    /// <param name="parameters">Of the request that fetched it.</param>
    /// <returns>For each verb of the document what is said within it, by the verb's place; empty when it is no document.</returns>
    public static IReadOnlyList<(TexmlPlace At, string Text)> Of(ReadOnlySpan<byte> bytes,
        IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        try
        {
            var root = TexmlReader.Read(TexmlTemplate.Render(TexmlText.Decode(bytes, null), parameters));
            return [.. root.Children.SelectMany(verb => Within(verb).Select(text => (verb.At, text)))];
        }
        catch (TexmlException)
        {
            return [];
        }
    }

    private static IEnumerable<string> Within(TexmlElement element) => element.Name switch
    {
        "Say" => [$"says \"{element.Text}\""],
        "Play" => element.Text.Length > 0 ? [$"plays {element.Text}"] : [],
        _ => element.Children.SelectMany(Within),
    };
}
