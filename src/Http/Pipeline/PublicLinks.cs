namespace Ringwright.Http;

/// <summary>Links in answers (next page, downloads) begin as customers reach this node from outside.</summary>
/// <param name="root">Scheme, host and port, perhaps a path before ours; null leaves links without a host.</param>
public sealed class PublicLinks(Uri? root)
{
    /// <summary>Links begin with the path.</summary>
    public static readonly PublicLinks Relative = new(null);

    private readonly string _root = root?.AbsoluteUri.TrimEnd('/') ?? "";

    /// <summary>Scheme, host and port, as browsers say them (RFC 6454 section 6.2); null without a root.</summary>
    public string? Origin { get; } = root?.GetLeftPart(UriPartial.Authority);

    /// <summary>What stands there before every path of ours, where a proxy has the node below a path: "/pbx". Empty without.</summary>
    public string Path { get; } = root?.AbsolutePath.TrimEnd('/') ?? "";

    /// <param name="path">Begins with a slash and is escaped already; it may have a query.</param>
    public string To(string path) => _root + path;
}
