using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Ringwright.Store;

namespace Ringwright.Server.Nodes;

/// <summary>
/// A certificate authority of the node's own, in <c>DATA/ca</c>: for the laptop, the lab and closed networks, whose far ends are given
/// <c>ca.pem</c>. It signs what is asked for and keeps it until it runs out or other names are wanted.
/// </summary>
internal sealed class LocalAuthority
{
    public const string AuthorityFile = "ca.pem";
    private const string AuthorityKeyFile = "ca.key";
    private const string ServerUse = "1.3.6.1.5.5.7.3.1", ClientUse = "1.3.6.1.5.5.7.3.2";

    /// <summary>Before it no clock is right: there was no program that asks.</summary>
    private const int FirstYear = 2026;

    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3_650), Life = TimeSpan.FromDays(397),
        RenewBefore = TimeSpan.FromDays(30);
    /// <summary>Clocks of far ends are never quite right.</summary>
    private static readonly TimeSpan Backdated = TimeSpan.FromDays(1);

    private readonly string _folder;
    private readonly TimeProvider _clock;
    private readonly X509Certificate2 _authority;

    private LocalAuthority(string folder, TimeProvider clock, X509Certificate2 authority) =>
        (_folder, _clock, _authority) = (folder, clock, authority);

    /// <summary>Opens the one in the folder, or makes it.</summary>
    /// <exception cref="StartRefused">The files are there and are not what they should be.</exception>
    public static LocalAuthority Open(string data, TimeProvider clock)
    {
        string folder = Path.Combine(data, "ca"), file = Path.Combine(folder, AuthorityFile),
            keyFile = Path.Combine(folder, AuthorityKeyFile);
        try
        {
            if (File.Exists(file)) return new(folder, clock, X509Certificate2.CreateFromPemFile(file, keyFile));
            // It is trusted by far ends, so that it cannot be made anew by itself when the clock is put right.
            var now = clock.GetUtcNow();
            if (now.Year < FirstYear)
                throw new StartRefused($"the clock says {now:yyyy-MM-dd}, and an authority of that time would be over today: set the "
                    + "clock, and start again");
            Directory.CreateDirectory(folder);
            var made = Make(now, $"Ringwright authority of {Environment.MachineName}");
            Write(file, keyFile, made);
            return new(folder, clock, made);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StartRefused($"the authority in {folder} cannot be used: {failed.Message}", failed);
        }
    }

    /// <summary>Where far ends find what to trust.</summary>
    public string AuthorityPath => Path.Combine(_folder, AuthorityFile);

    public string AuthorityPem => _authority.ExportCertificatePem();

    /// <summary>A certificate with its key for these names and addresses, good for servers and clients.</summary>
    /// <param name="name">Of its files: <c>node</c> makes node.pem and node.key.</param>
    public X509Certificate2 Issue(string name, IEnumerable<string> hosts)
    {
        string[] wanted = [.. hosts.Select(h => h.ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal)];
        string file = CertificatePath(name), keyFile = KeyPath(name);
        try
        {
            if (File.Exists(file) && File.Exists(keyFile) && Kept(file, keyFile) is { } kept)
            {
                if (IsStillGood(kept, wanted)) return kept;
                kept.Dispose();
            }
            var made = Sign(wanted);
            Write(file, keyFile, made);
            return made;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StartRefused($"the certificate {file} cannot be used: {failed.Message}", failed);
        }
    }

    /// <summary>Null for halves that are broken, or do not belong together: another one is signed.</summary>
    private static X509Certificate2? Kept(string file, string keyFile)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(file, keyFile);
        }
        catch (Exception broken) when (broken is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    public string CertificatePath(string name) => Path.Combine(_folder, name + ".pem");

    public string KeyPath(string name) => Path.Combine(_folder, name + ".key");

    private bool IsStillGood(X509Certificate2 certificate, string[] wanted)
    {
        if (certificate.NotAfter.ToUniversalTime() < (_clock.GetUtcNow() + RenewBefore).UtcDateTime
            || certificate.IssuerName.Name != _authority.SubjectName.Name) return false;
        return NamesOf(certificate) is { } names && wanted.SequenceEqual(names);
    }

    /// <summary>In their order; null where it has none, or none that can be read.</summary>
    private static string[]? NamesOf(X509Certificate2 certificate)
    {
        if (certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault() is not { } names) return null;
        try
        {
            return [.. names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(a => a.ToString()))
                .Order(StringComparer.Ordinal)];
        }
        catch (CryptographicException)
        {
            // It is read only now. Another one is signed.
            return null;
        }
    }

    private X509Certificate2 Sign(string[] hosts)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={hosts.FirstOrDefault(h => !IPAddress.TryParse(h, out _)) ?? "ringwright"}", key,
            HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (string host in hosts)
        {
            if (IPAddress.TryParse(host, out var address)) names.AddIpAddress(address);
            else names.AddDnsName(host);
        }
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false,
            hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new(ServerUse), new(ClientUse)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_authority, includeKeyIdentifier: true,
            includeIssuerAndSerial: false));
        var now = _clock.GetUtcNow();
        var until = now + Life < _authority.NotAfter ? now + Life : _authority.NotAfter;
        using var signed = request.Create(_authority, now - Backdated, until, RandomNumberGenerator.GetBytes(16));
        return signed.CopyWithPrivateKey(key);
    }

    private static X509Certificate2 Make(DateTimeOffset now, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true,
            hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions
            .Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(now - Backdated, now + AuthorityLife);
    }

    private static void Write(string file, string keyFile, X509Certificate2 made)
    {
        using var key = made.GetECDsaPrivateKey() ?? throw new CryptographicException("the certificate has no key");
        // The key first: a certificate without its key would be taken for broken files.
        PrivateFile.Replace((keyFile, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem())),
            (file, Encoding.ASCII.GetBytes(made.ExportCertificatePem())));
    }
}
