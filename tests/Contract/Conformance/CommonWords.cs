using System.Globalization;

namespace Ringwright.Contract.Conformance;

/// <summary>Words that rows of every area use.</summary>
internal static class CommonWords
{
    private static int _count;

    public static readonly IReadOnlyDictionary<string, Func<Words, Task<string>>> All =
        new Dictionary<string, Func<Words, Task<string>>>(StringComparer.Ordinal)
        {
            // Letters and digits that nothing else has, 5 to 8 of them.
            ["unique"] = _ => Task.FromResult(Unique()),
            // A URL that takes webhooks, and says when one came.
            ["hook"] = words => Task.FromResult(words.Node.Sink.Hook),
            // The URL of a WAV file.
            ["wav"] = words => Task.FromResult(words.Node.Sink.UrlOf("tone.wav")),
            ["pdf"] = words => Task.FromResult(words.Node.Sink.UrlOf("page.pdf")),
            // An own number in +E.164 that nothing else uses.
            ["number"] = words => Task.FromResult(words.Node.NextNumber()),
            // A number of somebody else, in +E.164.
            ["stranger"] = _ => Task.FromResult(string.Create(CultureInfo.InvariantCulture,
                $"+1312{5_550_000 + Interlocked.Increment(ref _count) % 10_000:D7}")),
            // An address of RFC 5737 that nothing else uses.
            ["ip"] = _ => Task.FromResult(Address()),
            // ISO 8601.
            ["past"] = _ => Task.FromResult(At(TimeSpan.FromDays(-2))),
            ["now"] = _ => Task.FromResult(At(TimeSpan.Zero)),
            ["later"] = _ => Task.FromResult(At(TimeSpan.FromDays(2))),
            ["yesterday"] = _ => Task.FromResult(At(TimeSpan.FromDays(-1))[..10]),
            ["tomorrow"] = _ => Task.FromResult(At(TimeSpan.FromDays(1))[..10]),
            ["nobody"] = _ => Task.FromResult(Guid.NewGuid().ToString()),
        };

    public static string Unique() => string.Create(CultureInfo.InvariantCulture, $"u{Interlocked.Increment(ref _count) + 1_000}x");

    private static string Address()
    {
        int count = Interlocked.Increment(ref _count);
        return string.Create(CultureInfo.InvariantCulture, $"203.0.{113 + count / 250 % 100}.{1 + count % 250}");
    }

    private static string At(TimeSpan offset) =>
        (TimeProvider.System.GetUtcNow() + offset).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
