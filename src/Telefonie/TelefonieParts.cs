using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Telefonie;

/// <summary>What the handlers of this API use.</summary>
public sealed record TelefonieParts
{
    /// <summary>Only to look at what is bound.</summary>
    public static readonly TelefonieParts None = new() { Store = null!, Egress = null!, Links = null! };

    public required Database Store { get; init; }
    public required EgressClient Egress { get; init; }
    /// <summary>Where recordings are fetched without a key, for a while.</summary>
    public required DownloadLinks Links { get; init; }
}
