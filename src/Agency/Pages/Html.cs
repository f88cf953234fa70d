using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Ringwright.Agency.Pages;

/// <summary>
/// A piece of a page. What others wrote gets into one through <see cref="Of"/> alone, which encodes each text that is put into it: names
/// of clients and contacts, and what was said in calls, are hostile.
/// </summary>
internal readonly record struct Html(string Text)
{
    public static readonly Html None = new("");

    /// <summary>An interpolated string: what stands in it is as it stands, and texts in its holes are encoded.</summary>
    public static Html Of(HtmlHandler pieces) => new(pieces.Written());

    public static Html Each<T>(IEnumerable<T> items, Func<T, Html> of) => new(string.Concat(items.Select(item => of(item).Text)));
}

/// <summary>Puts a page together: pieces of pages as they are, texts encoded, also for attributes in double quotes.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlHandler(int literals, int holes)
{
    private const int UsualHole = 32;

    private readonly StringBuilder _text = new(literals + holes * UsualHole);

    public void AppendLiteral(string literal) => _text.Append(literal);

    public void AppendFormatted(Html piece) => _text.Append(piece.Text);

    public void AppendFormatted(string? text) => _text.Append(WebUtility.HtmlEncode(text));

    public void AppendFormatted(long number) => _text.Append(CultureInfo.InvariantCulture, $"{number}");

    public string Written() => _text.ToString();
}
