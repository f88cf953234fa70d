using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ringwright.Server.Settings;
using Ringwright.Server.Telemetry;
using Ringwright.Store;

namespace Ringwright.Server.Nodes;

/// <summary>When a certificate ends by which the node is known, or by which it knows others.</summary>
/// <param name="Flag">Which setting names its file; what it is, where none does.</param>
/// <param name="Ends">Of all certificates of the file the first end; null where it cannot be read.</param>
/// <param name="Trouble">Why it cannot be read; "" where it can.</param>
internal sealed record CertificateEnd(string Flag, string File, string Subject, DateTimeOffset? Ends, string Trouble);

/// <summary>
/// Looks at the ends of the certificates that SIP by TLS needs. A renewal that has failed is noticed by nobody until the last day, and then
/// by all at once: phones and trunks refuse the node.
/// </summary>
internal static class CertificateEnds
{
    /// <summary>Whoever renews by a program has done it by then: a third of what such certificates live.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromDays(21);

    private static readonly TimeSpan Every = TimeSpan.FromDays(1);

    /// <summary>Tells the log of each that ends soon, or has ended, once a day and at the start.</summary>
    public static Sweep Watch(ServeSettings settings, TimeProvider time, ILogger logger) =>
        new("the look at certificates", Every, _ =>
        {
            Tell(Look(settings), time.GetUtcNow(), logger);
            return Task.CompletedTask;
        })
        {
            // Others see their end by the wall's clock.
            Time = TimeProvider.System,
        };

    /// <summary>Reads the files as they are at this moment; none where TLS is off.</summary>
    public static IReadOnlyList<CertificateEnd> Look(ServeSettings settings)
    {
        if (settings.Networks.All(network => network.SipTls is null)) return [];
        var all = new List<CertificateEnd>();
        string authority = Path.Combine(settings.Data, "ca", LocalAuthority.AuthorityFile);
        if (settings.SipTlsCertificate is { } given) all.Add(Read("--sip-tls-cert", given));
        // What the node's own authority signs it signs anew by itself; before the first start it is not there.
        else if (File.Exists(authority)) all.Add(Read("the node's authority", authority));
        if (settings.SipTlsClients is { } clients) all.Add(Read("--sip-tls-clients", clients));
        return all;
    }

    /// <param name="flag">Of the setting.</param>
    public static CertificateEnd Read(string flag, string file)
    {
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPemFile(file);
            return found.MinBy(one => one.NotAfter) is { } first
                ? new(flag, file, first.Subject, new DateTimeOffset(first.NotAfter.ToUniversalTime()), "")
                : new(flag, file, "", null, "it holds no PEM certificate");
        }
        catch (Exception failed) when (failed is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return new(flag, file, "", null, failed.Message);
        }
    }

    public static void Tell(IEnumerable<CertificateEnd> all, DateTimeOffset now, ILogger logger)
    {
        foreach (var one in all)
        {
            if (one.Ends is not { } ends || ends > now + Soon) continue;
            if (ends <= now) logger.CertificateEnded(one.Subject, one.Flag, ends, one.File);
            else logger.CertificateEndsSoon(one.Subject, one.Flag, ends, DaysTo(ends, now), one.File);
        }
    }

    /// <summary>Whole days.</summary>
    public static string DaysTo(DateTimeOffset ends, DateTimeOffset now)
    {
        int days = (int)(ends - now).TotalDays;
        return days == 1 ? "1 day" : string.Create(CultureInfo.InvariantCulture, $"{days} days");
    }
}
