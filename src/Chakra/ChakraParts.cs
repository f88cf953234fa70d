using Ringwright.Store;

namespace Ringwright.Chakra;

/// <summary>What the handlers of this API use.</summary>
public sealed record ChakraParts
{
    /// <summary>Only to look at what is bound.</summary>
    public static readonly ChakraParts None = new() { Store = null! };

    public required Database Store { get; init; }
}
