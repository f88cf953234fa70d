using System.Text;

namespace Ringwright.Server.Settings;

/// <summary>Writes <c>docs/reference/settings.md</c> from <see cref="ServeFlags"/>; a test keeps the page up to date.</summary>
internal static class SettingsReference
{
    public static string Write()
    {
        var text = new StringBuilder("""
            # Settings of `ringwright serve`

            A flag wins over its environment twin, and that over the default. A bad value, a port in use or a folder that cannot be written ends
            the start with one line on stderr and exit code 2. `ringwright doctor` takes the same flags and checks them without starting. What ends
            in `,…` takes several, with commas between them; as a flag it may also be typed several times. [Several
            networks](../how-to/several-networks.md) says how `--sip`, `--sip-tls`, `--rtp` and `--advertise` belong together. A value of the environment
            may stand in quotation marks, which `docker run --env-file` hands on; they are no part of it. A variable whose name begins with
            `RINGWRIGHT_` and that nobody reads is told in the log (1023) and by the doctor, with the setting that may be meant.

            | flag | environment | default | what it sets |
            |---|---|---|---|

            """);
        foreach (var flag in ServeFlags.All)
        {
            string typed =
                flag.Placeholder is null ? flag.Name : $"{flag.Name} {flag.Placeholder}".Replace("|", "\\|", StringComparison.Ordinal);
            string usual = flag.Default.Length > 0 ? $"`{flag.Default}`" : flag.Placeholder is null ? "off" : "–";
            text.Append($"| `{typed}` | `{flag.Variable}` | {usual} | {flag.Meaning} |\n");
        }
        return text.ToString();
    }
}
