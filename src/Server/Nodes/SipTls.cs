using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ringwright.Net.Streams;
using Ringwright.Server.Settings;

namespace Ringwright.Server.Nodes;

/// <summary>Who the node is over TLS: the files of its settings, else a certificate by its own authority.</summary>
internal static class SipTls
{
    /// <summary>Names under which a node is reached on its own machine.</summary>
    private static readonly string[] Own = ["localhost", "127.0.0.1"];

    /// <summary>Null when TLS is off.</summary>
    /// <exception cref="StartRefused">A file is not what it should be.</exception>
    public static TlsListenerOptions? Options(ServeSettings settings, LocalAuthority? authority, ILogger logger)
    {
        if (settings.Networks.All(network => network.SipTls is null)) return null;
        var read = settings is { SipTlsCertificate: { } file, SipTlsKey: { } key } ? OfFiles(file, key)
            : OfAuthority(settings, authority ?? throw new InvalidOperationException("without files the node needs its authority"));
        var first = read();
        return new()
        {
            Listen = settings.SipTls,
            Name = settings.SipTlsName,
            Certificate = first.Certificate,
            Chain = first.Chain,
            Renewed = new RenewedCertificate(read, first, TimeProvider.System, logger).Look,
            ClientAuthorities = settings.SipTlsClients is { } clients ? Certificates("--sip-tls-clients", clients) : null,
        };
    }

    private static Func<TlsIdentity> OfFiles(string certificate, string key) =>
        () => new TlsIdentity(Load(certificate, key), Certificates("--sip-tls-cert", certificate));

    /// <summary>It signs anew by itself.</summary>
    private static Func<TlsIdentity> OfAuthority(ServeSettings settings, LocalAuthority authority)
    {
        string[] hosts = [.. Own, .. settings.SipDomains, Environment.MachineName,
            .. settings.Networks.Where(network => network.SipTls is not null)
                .Select(network => Ports.Advertised(network, network.SipTls!.Address).ToString())];
        return () => new TlsIdentity(authority.Issue("node", hosts), []);
    }

    /// <exception cref="StartRefused">The files are no certificate and its key.</exception>
    public static X509Certificate2 Load(string certificate, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (Exception failed) when (failed is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StartRefused($"{certificate} and {key} are no PEM certificate and its key: {failed.Message}", failed);
        }
    }

    private static X509Certificate2Collection Certificates(string flag, string file)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPemFile(file);
        }
        catch (Exception failed) when (failed is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StartRefused($"{flag} {file}: {failed.Message}", failed);
        }
        return found.Count > 0 ? found : throw new StartRefused($"{flag} {file} holds no PEM certificate");
    }
}
