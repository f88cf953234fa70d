using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Telefonie;

/// <summary>What the handlers of this API use.</summary>
public sealed record TelefonieParts
{
    /// <summary>Only to look at what is bound.</summary>
    public static readonly TelefonieParts None = new() { Store = null!, Egress = null!, Links = null!, Classify = null! };

    public required Database Store { get; init; }
    public required EgressClient Egress { get; init; }
    /// <summary>Where recordings are fetched without a key, for a while.</summary>
    public required DownloadLinks Links { get; init; }
    /// <summary>What numbering plans say of a number in international form.</summary>
    public required Func<string, NumberClass> Classify { get; init; }
    /// <summary>Says whether a number may be written to; null where nothing dials.</summary>
    public IDialGate? Gate { get; init; }
    /// <summary>What live calls hold of balances; null where no call lives.</summary>
    public IHolds? Holds { get; init; }
    /// <summary>So long a message to a number waits for its way out of the node; null where none leads there.</summary>
    public Func<string, TimeSpan?> WaitOf { get; init; } = static _ => null;
    /// <summary>The document of a call is shown once it was asked for, and not before.</summary>
    public bool ShowsCalledUrls { get; init; }
}

/// <param name="Type">A word of the contract: local, national, toll-free or mobile.</param>
/// <param name="Country">ISO 3166 alpha-2; null for codes of no country.</param>
public readonly record struct NumberClass(string Type, string? Country);
