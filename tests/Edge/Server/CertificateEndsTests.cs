using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ringwright.Edge.Faults;
using Ringwright.Server.Doctor;
using Ringwright.Server.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Certificates that end, in the log and to the doctor.</summary>
public sealed class CertificateEndsTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Pem(string name, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(Now.AddDays(-300), until);
        return made.ExportCertificatePem();
    }

    private string FileOf(params string[] pems)
    {
        string file = _folder.File("cert.pem");
        File.WriteAllText(file, string.Join('\n', pems));
        return file;
    }

    [Theory]
    [InlineData(100, null, "is good until 2026-04-16"), InlineData(22, null, "is good until")]
    [InlineData(10, 1020, "is good until 2026-01-16, 10 days from now"), InlineData(1, 1020, "1 day from now")]
    [InlineData(-2, 1021, "ended on 2026-01-04")]
    public void One_that_ends_soon_is_told_before_and_one_that_has_ended_is_bad(int days, int? line, string says)
    {
        // The first end counts, also of the chain.
        var read = CertificateEnds.Read("--sip-tls-cert", FileOf(Pem("CN=leaf", Now.AddDays(days)), Pem("CN=chain", Now.AddDays(200))));
        Assert.Equal(("CN=leaf", ""), (read.Subject, read.Trouble));
        var lines = new Lines();
        CertificateEnds.Tell([read], Now, lines);
        Assert.Equal((line is 1020 ? 1 : 0, line is 1021 ? 1 : 0), (lines.Of(1020).Count(), lines.Of(1021).Count()));
        var finding = Assert.Single(CertificateChecks.Run([read], Now));
        Assert.Contains(says, finding.Says, StringComparison.Ordinal);
        Assert.Equal(line switch { null => Verdict.Good, 1020 => Verdict.Warning, _ => Verdict.Bad }, finding.Verdict);
    }

    [Fact]
    public void One_that_cannot_be_read_is_no_reason_to_end()
    {
        foreach (var read in new[]
            {
                CertificateEnds.Read("--sip-tls-cert", _folder.File("gone.pem")), CertificateEnds.Read("--sip-tls-cert", FileOf("nothing")),
            })
        {
            Assert.NotEmpty(read.Trouble);
            CertificateEnds.Tell([read], Now, new Lines());
            Assert.Equal(Verdict.Warning, Assert.Single(CertificateChecks.Run([read], Now)).Verdict);
        }
    }

    [Fact]
    public void Without_TLS_no_file_is_looked_at()
    {
        var settings = RunningNode.SettingsIn(_folder.Path) with { SipTlsCertificate = FileOf(Pem("CN=leaf", Now.AddDays(1))) };
        Assert.Empty(CertificateEnds.Look(settings));
        var one = Assert.Single(CertificateEnds.Look(settings with { SipTls = new(IPAddress.Loopback, 0) }));
        Assert.Equal(("--sip-tls-cert", "CN=leaf"), (one.Flag, one.Subject));
        // Its own authority is not there before a node has run.
        Assert.Empty(CertificateEnds.Look(settings with { SipTls = new(IPAddress.Loopback, 0), SipTlsCertificate = null }));
    }
}
