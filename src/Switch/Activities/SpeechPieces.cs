using Ringwright.Calls;

namespace Ringwright.Switch.Activities;

/// <summary>
/// Cuts a long text to speak at ends of sentences, so that its beginning is heard while the rest is still being made. In doubt it does
/// not cut: a sentence that is spoken in two sounds worse than one that comes late. Pieces grow: while one plays there is time for more.
/// </summary>
internal static class SpeechPieces
{
    /// <summary>Characters; what is shorter is made in one.</summary>
    private const int ShortText = 300, ShortestFirst = 60, ShortestSecond = 150, ShortestOther = 300, ShortestLast = 40;

    /// <summary>An abbreviation has fewer letters before its dot.</summary>
    private const int WordLetters = 4;
    private const int DeepestMarkup = 32;

    /// <summary>One source that is not cut, or the pieces in their order.</summary>
    public static IReadOnlyList<PromptSource> Of(PromptSource source)
    {
        if (source is not PromptSource.Speech { Text.Length: > ShortText } speech) return [source];
        var texts = speech.IsSsml ? CutMarkup(speech.Text) : Cut(speech.Text, 0, speech.Text.Length, EndsOf(speech.Text));
        return texts.Count < 2 ? [source] : [.. texts.Select(text => speech with { Text = text })];
    }

    /// <param name="ends">Where a piece may end, ascending.</param>
    private static List<string> Cut(string text, int from, int to, IEnumerable<int> ends)
    {
        var pieces = new List<string>();
        foreach (int end in ends)
        {
            int least = pieces.Count switch { 0 => ShortestFirst, 1 => ShortestSecond, _ => ShortestOther };
            if (end - from < least || to - end < ShortestLast) continue;
            pieces.Add(text[from..end]);
            from = end;
        }
        pieces.Add(text[from..to]);
        return pieces;
    }

    private static IEnumerable<int> EndsOf(string text)
    {
        for (int i = 1; i < text.Length; i++)
            if (text[i - 1] is '。' or '！' or '？' || (char.IsWhiteSpace(text[i]) && !IsSpace(text, i + 1) && IsSentence(text, i)))
                yield return text[i - 1] is '。' or '！' or '？' ? i : i + 1;
    }

    /// <param name="at">A space, the last one before what follows.</param>
    private static bool IsSentence(string text, int at)
    {
        if (at + 1 >= text.Length || char.IsLower(text[at + 1])) return false;
        int last = at;
        while (last > 0 && char.IsWhiteSpace(text[last - 1])) last--;
        // A line between paragraphs.
        if (text.AsSpan(last, at + 1 - last).Count('\n') > 1) return true;
        while (last > 0 && text[last - 1] is '"' or '\'' or '”' or '’' or '»' or ')' or ']') last--;
        if (last == 0) return false;
        if (text[last - 1] is '!' or '?' or '…' or '।') return true;
        if (text[last - 1] is not '.') return false;
        int letters = 0;
        while (last - 2 - letters >= 0 && char.IsLetter(text[last - 2 - letters])) letters++;
        return letters >= WordLetters;
    }

    private static bool IsSpace(string text, int at) => at < text.Length && char.IsWhiteSpace(text[at]);

    /// <summary>Behind paragraphs and sentences that are marked as such, in nothing but the root; each piece gets a root like it.</summary>
    private static List<string> CutMarkup(string ssml)
    {
        // Comments, declarations and sections of their own could hold anything.
        if (ssml.Contains("<!", StringComparison.Ordinal) || ssml.Contains("<?", StringComparison.Ordinal)) return [ssml];
        var open = new Stack<string>();
        var ends = new List<int>();
        string root = "";
        int from = 0, to = ssml.Length;
        for (int at = ssml.IndexOf('<'); at >= 0; at = ssml.IndexOf('<', at))
        {
            int end = EndOfTag(ssml, at);
            if (end < 0) return [ssml];
            var tag = ssml.AsSpan(at + 1, end - at - 2);
            if (tag is ['/', .. var closed])
            {
                if (!open.TryPop(out string? name) || !closed.TrimEnd().SequenceEqual(name)) return [ssml];
                if (open.Count == 0 && root.Length > 0)
                {
                    if (!ssml.AsSpan(end).IsWhiteSpace()) return [ssml];
                    to = at;
                }
                else if (open.Count == (root.Length > 0 ? 1 : 0) && name is "p" or "s") ends.Add(end);
            }
            else if (tag is not [.., '/'])
            {
                string name = NameOf(tag);
                if (name is "speak" && (open.Count > 0 || !ssml.AsSpan(0, at).IsWhiteSpace())) return [ssml];
                if (name is "speak") (root, from) = (ssml[at..end], end);
                if (open.Count == DeepestMarkup) return [ssml];
                open.Push(name);
            }
            at = end;
        }
        if (open.Count > 0) return [ssml];
        var pieces = Cut(ssml, from, to, ends);
        if (pieces.Count < 2) return [ssml];
        return root.Length == 0 ? pieces : [.. pieces.Select(piece => $"{root}{piece}</speak>")];
    }

    /// <returns>Behind the tag; -1 when it does not end.</returns>
    private static int EndOfTag(string ssml, int at)
    {
        char quote = '\0';
        for (int i = at + 1; i < ssml.Length; i++)
        {
            char c = ssml[i];
            if (quote != '\0') quote = c == quote ? '\0' : quote;
            else if (c is '"' or '\'') quote = c;
            else if (c is '<') return -1;
            else if (c is '>') return i + 1;
        }
        return -1;
    }

    private static string NameOf(ReadOnlySpan<char> tag)
    {
        int end = tag.IndexOfAny(" \t\r\n");
        return new(end < 0 ? tag : tag[..end]);
    }
}
