using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Edge.Net.Streams;
using Ringwright.Net.Streams;
using Ringwright.Server.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Certificates that are renewed while a node runs.</summary>
public sealed class RenewedCertificateTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestAuthority _authority = new();
    private readonly FakeTimeProvider _clock = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Files_that_were_renewed_are_taken_once_and_a_half_written_pair_leaves_what_was()
    {
        string file = _folder.File("cert.pem"), key = _folder.File("key.pem");
        using var first = Write(file, key, "first.example");
        var looks = new RenewedCertificate(() => new(SipTls.Load(file, key), []), new(first, []), _clock, NullLogger.Instance);
        Assert.Null(Later(looks));

        // The certificate is there, and its key not yet.
        using var second = _authority.Issue("second.example");
        File.WriteAllText(file, second.ExportCertificatePem());
        Assert.Null(Later(looks));
        File.WriteAllText(key, TestAuthority.Key(second));
        Assert.Null(looks.Look());      // it does not look at each connection
        var taken = Later(looks);
        Assert.Equal(second.Thumbprint, taken?.Certificate.Thumbprint);
        Assert.True(taken?.Certificate.HasPrivateKey);
        Assert.Null(Later(looks));

        File.Delete(key);
        Assert.Null(Later(looks));
        using var third = Write(file, key, "third.example");
        Assert.Equal(third.Thumbprint, Later(looks)?.Certificate.Thumbprint);
    }

    [Fact]
    public void The_certificate_of_the_nodes_own_authority_is_signed_anew_before_it_runs_out()
    {
        var own = LocalAuthority.Open(_folder.Path, _clock);
        TlsIdentity first = new(own.Issue("node", ["localhost"]), []);
        var looks = new RenewedCertificate(() => new(own.Issue("node", ["localhost"]), []), first, _clock, NullLogger.Instance);
        _clock.Advance(TimeSpan.FromDays(300));
        Assert.Null(looks.Look());
        _clock.Advance(TimeSpan.FromDays(70));
        Assert.True(looks.Look()?.Certificate.NotAfter > first.Certificate.NotAfter);
    }

    private TlsIdentity? Later(RenewedCertificate looks)
    {
        _clock.Advance(RenewedCertificate.Between);
        return looks.Look();
    }

    private X509Certificate2 Write(string file, string key, string host)
    {
        var made = _authority.Issue(host);
        File.WriteAllText(file, made.ExportCertificatePem());
        File.WriteAllText(key, TestAuthority.Key(made));
        return made;
    }
}
