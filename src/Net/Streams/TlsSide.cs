using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ringwright.Calls;

namespace Ringwright.Net.Streams;

/// <summary>
/// Both sides of TLS, 1.2 and newer. As a client it verifies by default against the system's roots; a trunk may say otherwise.
/// As a server it shows the node's certificate and, when certificates of clients are asked for, lets in nobody without one.
/// </summary>
internal sealed class TlsSide(IRouting routing, TlsListenerOptions? listener)
{
    private const SslProtocols Versions = SslProtocols.Tls12 | SslProtocols.Tls13;

    private volatile SslStreamCertificateContext? _own =
        listener is null ? null : SslStreamCertificateContext.Create(listener.Certificate, listener.Chain, offline: true);

    /// <exception cref="AuthenticationException">The far end could not prove who it is; the message says why in a sentence.</exception>
    public async Task<Stream> ConnectAsync(Stream raw, StreamPeer peer, CancellationToken stop)
    {
        // A connection that the far end opened, and that is gone, was its trunk's.
        var trunk = peer.Trunk is { } id ? routing.Current.FindTrunk(id)
            : peer.Host is null ? routing.Current.FindTrunkBySource(peer.Remote.Address) : null;
        var demands = trunk?.Tls ?? TrunkTls.Default;
        // An IPv6 address stands in certificates without brackets.
        string name = (demands.ServerName ?? peer.Host ?? trunk?.Host ?? peer.Remote.Address.ToString()).Trim('[', ']');
        using var certificate = demands is { Certificate: { } pem, CertificateKey: { } key } ? Load(pem, key) : null;
        string? refusal = null;
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = name,
            EnabledSslProtocols = Versions,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate,
                Certificates(demands.Certificate!), offline: true), // there with the certificate
            CertificateChainPolicy = demands.Authorities is { } authorities ? Trusting(Certificates(authorities)) : null,
            RemoteCertificateValidationCallback = (_, shown, chain, errors) =>
                (refusal = Judge(demands, name, shown, chain, errors)) is null,
        };
        var stream = new SslStream(raw);
        try
        {
            await stream.AuthenticateAsClientAsync(options, stop).ConfigureAwait(false);
            return stream;
        }
        catch (Exception failed) when (failed is AuthenticationException or IOException)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw new AuthenticationException(refusal ?? $"TLS with {name} failed: {Innermost(failed)}", failed);
        }
    }

    public async Task<Stream> AcceptAsync(Stream raw, CancellationToken stop)
    {
        var stream = new SslStream(raw);
        try
        {
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = Own(),
                EnabledSslProtocols = Versions,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                ClientCertificateRequired = listener?.ClientAuthorities is not null,
                CertificateChainPolicy = listener?.ClientAuthorities is { } authorities ? Trusting(authorities) : null,
                // Whose certificate it is does not matter here: who may call is decided by the source address and the ingress filter.
                RemoteCertificateValidationCallback = (_, shown, _, errors) => listener?.ClientAuthorities is null
                    || shown is not null && (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) is SslPolicyErrors.None,
            }, stop).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Connections that are up keep what they were shown.</summary>
    private SslStreamCertificateContext? Own()
    {
        if (listener?.Renewed?.Invoke() is { } renewed)
            _own = SslStreamCertificateContext.Create(renewed.Certificate, renewed.Chain, offline: true);
        return _own;
    }

    /// <summary>Null when the certificate is good, else why it is not.</summary>
    private static string? Judge(TrunkTls demands, string name, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (shown is null) return $"{name} showed no certificate";
        if (demands.Pins.Count > 0)
        {
            string hash = shown.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
            return demands.Pins.Contains(hash) ? null : $"the certificate of {name} is not the pinned one (it is {hash})";
        }
        if (!demands.IsVerified || errors is SslPolicyErrors.None) return null;
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)) return $"the certificate is not for {name}";
        string why = chain is { ChainStatus: [var first, ..] } ? first.StatusInformation.TrimEnd('.', '\n', ' ') : errors.ToString();
        return $"the certificate of {name} is not trusted: {why}";
    }

    private static X509ChainPolicy Trusting(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private static X509Certificate2 Load(string pem, string key) => X509Certificate2.CreateFromPem(pem, key);

    private static X509Certificate2Collection Certificates(string pem)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPem(pem);
        return found;
    }

    private static string Innermost(Exception failed)
    {
        while (failed.InnerException is { } inner) failed = inner;
        return failed.Message.TrimEnd('.', '\n');
    }
}
