using System.Globalization;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Doctor;

/// <summary>Are the certificates of SIP by TLS good, and for how long?</summary>
internal static class CertificateChecks
{
    private const string Advice = "renew it; the node reads the new files by itself (docs/how-to/use-tcp-and-tls.md)";

    public static IEnumerable<Finding> Run(IEnumerable<CertificateEnd> all, DateTimeOffset now) => all.Select(one => Of(one, now));

    private static Finding Of(CertificateEnd one, DateTimeOffset now)
    {
        if (one.Ends is not { } ends)
            return Finding.Warning("certificate", $"{one.Flag} {one.File} cannot be read: {one.Trouble}",
                "see that it is there, and that the user who runs the node may read it");
        string verb = ends <= now ? "ended on" : "is good until",
            text = string.Create(CultureInfo.InvariantCulture, $"{one.Subject} of {one.Flag} {verb} {ends:yyyy-MM-dd}");
        if (ends <= now) return Finding.Bad("certificate", text, Advice);
        return ends <= now + CertificateEnds.Soon
            ? Finding.Warning("certificate", $"{text}, {CertificateEnds.DaysTo(ends, now)} from now", Advice)
            : Finding.Good("certificate", text);
    }
}
