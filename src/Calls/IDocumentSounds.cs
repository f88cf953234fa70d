using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>What URLs of customers let be heard: a sound, or what a document plays and says. Implemented where documents are run.</summary>
public interface IDocumentSounds
{
    ValueTask<DocumentSounds> ReadAsync(SoundsAsked asked, CancellationToken stop);

    /// <summary>It is of a recording of the account's, which is heard from where it is kept: nobody is asked for it.</summary>
    bool IsKept(TenantId account, string url);
}

/// <param name="Parameters">Of the request.</param>
public sealed record SoundsAsked(TenantId Tenant, string Url, string Method, IReadOnlyList<KeyValuePair<string, string>> Parameters)
{
    /// <summary>Signs the request; null signs nothing.</summary>
    public string? Token { get; init; }
    /// <summary>The document is read as TwiML.</summary>
    public bool IsTwiml { get; init; }
}

/// <summary>One after the other.</summary>
/// <param name="Warnings">What of the document is not heard, each as part of a sentence.</param>
/// <param name="Problem">Why there is nothing to hear, as part of a sentence; null when there is.</param>
public sealed record DocumentSounds(IReadOnlyList<DocumentSound> Sounds, IReadOnlyList<string> Warnings, string? Problem);

/// <param name="Loops">0 is for ever.</param>
public sealed record DocumentSound(PromptSource Source, int Loops)
{
    /// <summary>
    /// All of them as one sound that is heard again and again: from the first on, or, where one is for ever, from that one, which is the
    /// last then. Null for none.
    /// </summary>
    /// <param name="most">Of them, each as often as it is repeated.</param>
    /// <param name="isWhole">None is left out for that.</param>
    public static PromptSource? Repeated(IReadOnlyList<DocumentSound> sounds, int most, out bool isWhole)
    {
        var parts = new List<PromptSource>();
        int again = 0;
        isWhole = true;
        foreach (var (source, loops) in sounds)
        {
            isWhole = parts.Count < most;
            if (!isWhole) break;
            if (loops == 0) again = parts.Count;
            parts.AddRange(Enumerable.Repeat(source, Math.Clamp(loops, 1, most - parts.Count)));
            if (loops == 0) break;
        }
        return parts.Distinct().Count() switch
        {
            0 => null,
            1 => parts[0],
            _ => new PromptSource.Sequence(parts) { RepeatsFrom = again },
        };
    }
}
