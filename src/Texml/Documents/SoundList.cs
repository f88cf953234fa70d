namespace Ringwright.Texml.Documents;

/// <summary>A list of sounds (text/uri-list, RFC 2483 section 5), which a waitUrl may answer with: as if a document played each.</summary>
internal static class SoundList
{
    public static bool Is(string? contentType) => contentType?.StartsWith("text/uri-list", StringComparison.OrdinalIgnoreCase) is true;

    /// <exception cref="TexmlException">It lists nothing, or more than a document may have.</exception>
    public static TexmlElement Read(string text)
    {
        var sounds = new List<TexmlElement>();
        foreach (var (line, written) in text.Split('\n').Index())
        {
            string url = written.Trim();
            if (url.Length == 0 || url[0] is '#') continue;
            var at = new TexmlPlace(line + 1, 1);
            if (sounds.Count == TexmlReader.MostElements)
                throw new TexmlException($"It lists more than {TexmlReader.MostElements} sounds.", at);
            sounds.Add(new("Play", at) { Text = url, OwnText = url });
        }
        if (sounds.Count == 0) throw new TexmlException("It lists no sounds.", new(1, 1));
        return new("Response", new(1, 1)) { Children = sounds };
    }
}
