using Stubble.Core;
using Stubble.Core.Builders;
using Stubble.Core.Classes;
using Stubble.Core.Parser;
using Stubble.Core.Tokens;

namespace Ringwright.Texml.Documents;

/// <summary>Mustache in documents, filled with the parameters of the request that fetched them.</summary>
internal static class TexmlTemplate
{
    private const int MostDepth = 16, MostTags = 1_000;

    private static readonly StubbleVisitorRenderer Renderer = new StubbleBuilder()
        .Configure(settings => settings.SetIgnoreCaseOnKeyLookup(false)).Build();

    /// <exception cref="TexmlException">The template is broken, or what it makes is too large.</exception>
    public static string Render(string text, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        if (!text.Contains("{{", StringComparison.Ordinal)) return text;
        if (text.Length > TexmlReader.MostCharacters) throw new TexmlException("The template is too large.", new(1, 1));
        Count(text);
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        var declared = TexmlVariables.DeclaredIn(text).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, value) in parameters) values[name] = TexmlVariables.WithoutTags(value, declared);
        foreach (string name in declared) values.TryAdd(name, $"{{{{{name}}}}}");
        try
        {
            Check(MustacheParser.Parse(text, new Tags("{{", "}}")).Children);
            string made = Renderer.Render(text, values);
            return made.Length <= TexmlReader.MostCharacters ? made
                : throw new TexmlException("What the template makes is too large.", new(1, 1));
        }
        // Of a text that somebody made to hurt it, the parser fails in ways of its own.
        catch (Exception broken) when (broken is not TexmlException)
        {
            throw new TexmlException($"The template is broken: {broken.Message}", new(1, 1));
        }
    }

    /// <summary>
    /// Before the parser sees them: it takes the square of their number, and of some that are not closed for ever.
    /// </summary>
    private static void Count(string text)
    {
        int tags = 0;
        for (int at = text.IndexOf("{{", StringComparison.Ordinal); at >= 0; at = text.IndexOf("{{", at, StringComparison.Ordinal))
        {
            if (++tags > MostTags) throw new TexmlException($"The template has more than {MostTags} tags.", new(1, 1));
            int end = text.IndexOf("}}", at, StringComparison.Ordinal);
            if (end < 0) throw new TexmlException("The template is broken: a tag is not closed.", new(1, 1));
            if (text.AsSpan((at + 2)..end).TrimStart().StartsWith('='))
                throw new TexmlException("The template changes its delimiters, which is not taken here.", new(1, 1));
            at = end + 2;
        }
    }

    /// <summary>Sections are filled by recursion, which has an end only here: the process would end with a stack that has none.</summary>
    private static void Check(List<MustacheToken> top)
    {
        var open = new Stack<(List<MustacheToken> Tokens, int Depth)>([(top, 0)]);
        while (open.TryPop(out var next))
        {
            if (next.Depth > MostDepth) throw new TexmlException($"The template is nested more than {MostDepth} deep.", new(1, 1));
            foreach (var token in next.Tokens)
                if (token is BlockToken { Children: { } children }) open.Push((children, next.Depth + 1));
        }
    }
}
