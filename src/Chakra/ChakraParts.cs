using Ringwright.Chakra.Telling;
using Ringwright.Store;

namespace Ringwright.Chakra;

/// <summary>What the handlers of this API use.</summary>
public sealed record ChakraParts
{
    /// <summary>Only to look at what is bound.</summary>
    public static readonly ChakraParts None = new() { Store = null!, Telling = null! };

    public required Database Store { get; init; }

    public required ChakraTelling Telling { get; init; }

    /// <summary>Why the node would never send anything to a URL; null where nothing speaks against it.</summary>
    public Func<string, string?> UrlFault { get; init; } = static _ => null;

    /// <summary>A number as people type it, in international form; null for what is none.</summary>
    public Func<string, string?> ReadNumber { get; init; } = static _ => null;
}
