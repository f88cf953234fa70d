using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ringwright.Server;
using Ringwright.Server.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

public sealed class LocalAuthorityTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero);

    private static bool IsTrusted(X509Certificate2 certificate, LocalAuthority authority, DateTimeOffset at)
    {
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
                VerificationTime = at.UtcDateTime
            }
        };
        chain.ChainPolicy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(authority.AuthorityPem));
        return chain.Build(certificate);
    }

    [Fact]
    public void It_signs_for_names_and_addresses_and_outlives_a_restart()
    {
        using var folder = new TempFolder();
        var clock = new FakeTimeProvider(Start);
        var authority = LocalAuthority.Open(folder.Path, clock);
        using var made = authority.Issue("node", ["localhost", "127.0.0.1", "SIP.example.com"]);
        Assert.True(made.HasPrivateKey);
        Assert.True(made.MatchesHostname("sip.example.com"));
        Assert.True(made.MatchesHostname("127.0.0.1"));
        Assert.False(made.MatchesHostname("other.example.com"));
        Assert.True(IsTrusted(made, authority, Start));

        var again = LocalAuthority.Open(folder.Path, clock);
        using var kept = again.Issue("node", ["127.0.0.1", "sip.example.com", "localhost"]);
        Assert.Equal((authority.AuthorityPem, made.Thumbprint), (again.AuthorityPem, kept.Thumbprint));
        Assert.Equal(authority.AuthorityPem, File.ReadAllText(authority.AuthorityPath));
        foreach (string key in (string[])["ca.key", "node.key"])
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder.Path, "ca", key)));
    }

    [Fact]
    public void Other_names_and_a_near_end_make_a_new_certificate()
    {
        using var folder = new TempFolder();
        var clock = new FakeTimeProvider(Start);
        var authority = LocalAuthority.Open(folder.Path, clock);
        using var first = authority.Issue("node", ["localhost"]);
        using var named = authority.Issue("node", ["localhost", "new.example.com"]);
        Assert.NotEqual(first.Thumbprint, named.Thumbprint);
        clock.Advance(TimeSpan.FromDays(370));
        using var renewed = LocalAuthority.Open(folder.Path, clock).Issue("node", ["localhost", "new.example.com"]);
        Assert.NotEqual(named.Thumbprint, renewed.Thumbprint);
        Assert.True(IsTrusted(renewed, authority, Start.AddDays(370)));
    }

    [Fact]
    public void A_certificate_whose_names_cannot_be_read_is_signed_anew()
    {
        using var folder = new TempFolder();
        var clock = new FakeTimeProvider(Start);
        var authority = LocalAuthority.Open(folder.Path, clock);
        using var issuer = X509Certificate2.CreateFromPemFile(authority.AuthorityPath, Path.Combine(folder.Path, "ca", "ca.key"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        // A subjectAltName whose sequence has the tag of a boolean and no value.
        request.CertificateExtensions.Add(new X509Extension("2.5.29.17", (byte[])[0x30, 0x01, 0x01], critical: false));
        using var broken = request.Create(issuer, Start, Start.AddDays(200), (byte[])[1, 2, 3, 4]);
        File.WriteAllText(authority.CertificatePath("node"), broken.ExportCertificatePem());
        File.WriteAllText(authority.KeyPath("node"), key.ExportPkcs8PrivateKeyPem());

        using var issued = authority.Issue("node", ["localhost"]);
        Assert.NotEqual(broken.Thumbprint, issued.Thumbprint);
        Assert.True(issued.MatchesHostname("localhost"));
    }

    /// <summary>As a disk that was full, or a crash between the two files, leaves them.</summary>
    [Fact]
    public void Halves_of_a_certificate_are_signed_anew()
    {
        using var folder = new TempFolder();
        var authority = LocalAuthority.Open(folder.Path, new FakeTimeProvider(Start));
        using var first = authority.Issue("node", ["localhost"]);
        foreach (string key in (string[])["", "no key", File.ReadAllText(Path.Combine(folder.Path, "ca", "ca.key"))])
        {
            File.WriteAllText(authority.KeyPath("node"), key);
            using var issued = authority.Issue("node", ["localhost"]);
            Assert.NotEqual(first.Thumbprint, issued.Thumbprint);
            using var kept = authority.Issue("node", ["localhost"]);
            Assert.Equal(issued.Thumbprint, kept.Thumbprint);
        }
    }

    [Fact]
    public void A_pair_that_cannot_be_written_leaves_the_one_of_before()
    {
        using var folder = new TempFolder();
        var clock = new FakeTimeProvider(Start);
        var authority = LocalAuthority.Open(folder.Path, clock);
        using var first = authority.Issue("node", ["localhost"]);
        string inTheWay = Directory.CreateDirectory(authority.CertificatePath("node") + ".part").FullName;
        Assert.Throws<StartRefused>(() => authority.Issue("node", ["new.example.com"]));
        Directory.Delete(inTheWay);
        using var kept = authority.Issue("node", ["localhost"]);
        Assert.Equal(first.Thumbprint, kept.Thumbprint);
    }

    /// <summary>As of a board without a battery, before a time server has answered.</summary>
    [Fact]
    public void A_clock_that_nobody_has_set_makes_no_authority()
    {
        using var folder = new TempFolder();
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddSeconds(40));
        Assert.Contains("1970-01-01", Assert.Throws<StartRefused>(() => LocalAuthority.Open(folder.Path, clock)).Message,
            StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
        clock.Advance(Start - clock.GetUtcNow());
        Assert.NotEmpty(LocalAuthority.Open(folder.Path, clock).AuthorityPem);
    }

    [Fact]
    public void Broken_files_are_named()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "ca"));
        File.WriteAllText(Path.Combine(folder.Path, "ca", "ca.pem"), "no certificate");
        Assert.Contains(Path.Combine(folder.Path, "ca"),
            Assert.Throws<StartRefused>(() => LocalAuthority.Open(folder.Path, TimeProvider.System)).Message);
    }
}
