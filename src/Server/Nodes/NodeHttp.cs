namespace Ringwright.Server.Nodes;

/// <summary>HTTP to a node's public listener, for commands.</summary>
internal static class NodeHttp
{
    /// <summary>
    /// A proxy that the environment names (<c>http_proxy</c>) is asked for a node elsewhere. For one on this machine it would ask its own.
    /// </summary>
    public static SocketsHttpHandler HandlerFor(Uri address) => new() { UseProxy = !address.IsLoopback };
}
