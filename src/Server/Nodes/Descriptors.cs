using Ringwright.Net;

namespace Ringwright.Server.Nodes;

/// <summary>
/// Who may have how many of the descriptors that the system gives a process (<c>ulimit -n</c>; the runtime
/// has raised the soft limit to the hard one). What is not given out here is left to the database, recordings, prompts and the runtime:
/// a process of .NET that finds none ends, and every call with it.
/// </summary>
internal sealed record Descriptors
{
    /// <summary>The runtime's own files and libraries, logs, the database: 256 on an idle node.</summary>
    private const int Own = 320;
    /// <summary>Of the media process, which has fewer parts.</summary>
    private const int OwnOfMedia = 256;
    private const int MostWeb = 8_192, MostSip = 8_192, MostSmall = 512, MostOut = 1_024, MostStreams = 1_000, MostForks = 500,
        MostSiprec = 500;

    public required ConnectionLimits Http { get; init; }
    public required ConnectionLimits Storage { get; init; }
    public required ConnectionLimits Admin { get; init; }
    public required ConnectionLimits Sip { get; init; }
    /// <summary>Connections out: webhooks, audio, speech.</summary>
    public required int Out { get; init; }
    /// <summary>Connections out that last as long as a call: media streams.</summary>
    public required int Streams { get; init; }
    /// <summary>Forks, which have up to two sockets each.</summary>
    public required int Forks { get; init; }
    /// <summary>Sessions with recording servers, which have up to three sockets each.</summary>
    public required int Siprec { get; init; }

    /// <summary>An office behind one address has one connection per phone.</summary>
    private const int MostPhonesOfOneAddress = 256;

    /// <param name="limit">Of this process; -1 when there is none.</param>
    /// <param name="hasMedia">Audio runs in this process: half is its.</param>
    public static Descriptors Of(long limit, bool hasMedia)
    {
        long left = Left(limit, Own);
        if (hasMedia) left /= 2;
        var sip = ConnectionLimits.Of(Part(left, 1, 4, MostSip));
        return new()
        {
            // Each may have a file open too: a recording that is fetched.
            Http = ConnectionLimits.Of(Part(left, 1, 4, MostWeb)),
            Storage = ConnectionLimits.Of(Part(left, 1, 16, MostSmall)),
            Admin = ConnectionLimits.Of(Part(left, 1, 16, MostSmall)),
            Sip = sip with { PerUntrusted = Math.Min(sip.PerUntrusted, MostPhonesOfOneAddress) },
            Out = Part(left, 1, 8, MostOut),
            Streams = Part(left, 1, 8, MostStreams),
            Forks = Part(left, 1, 64, MostForks),
            Siprec = (int)Math.Clamp(left / 128, 1, MostSiprec),
        };
    }

    /// <summary>Pairs of media ports that may be open at the same time: a fifth is left to recordings and prompts.</summary>
    /// <param name="hasNode">The rest of the node runs in this process too.</param>
    public static int MediaPairs(long limit, bool hasNode) =>
        (int)Math.Min(int.MaxValue, (hasNode ? Left(limit, Own) / 2 : Left(limit, OwnOfMedia)) * 2 / 5);

    private static long Left(long limit, int own) => Math.Max(64, (limit < 0 ? int.MaxValue : limit) - own);

    private static int Part(long left, int of, int parts, int most) => (int)Math.Clamp(left * of / parts, 4, most);
}
