using System.CommandLine;
using System.CommandLine.Invocation;
using Ringwright.Server.Settings;

namespace Ringwright.Server.Cli;

/// <summary>The help of what takes the settings of a node: all flags, below heads that say what they are about.</summary>
/// <param name="others">The help of commands below it.</param>
internal sealed class ServeHelp(Command command, SynchronousCommandLineAction? others = null) : SynchronousCommandLineAction
{
    private const int NameColumns = 34, Columns = 118;

    private const string Rest = "More";

    private static readonly string Indent = new(' ', NameColumns);

    /// <summary>A flag that no group names stands in the last one.</summary>
    internal static readonly IReadOnlyList<(string Title, string[] Flags)> Groups =
    [
        ("Where it is reached",
            ["--http", "--public-url", "--api-hosts", "--admin", "--operator-key", "--storage", "--trusted-proxies", "--cors", "--api-rate",
                "--api-key", "--ready-file"]),
        ("SIP and networks",
            ["--sip", "--sip-tls", "--sip-tls-cert", "--sip-tls-key", "--sip-tls-clients", "--sip-tls-name", "--rtp", "--advertise",
                "--sip-domain", "--session-expires", "--session-min", "--nat-keepalive", "--nat-keepalive-seconds", "--nat-expires",
                "--ring-seconds", "--hold-probe-seconds", "--hold-probes", "--hold-grace-seconds"]),
        ("Data and other nodes", ["--data", "--database", "--node", "--standby", "--durability", "--shards", "--drain-seconds"]),
        ("How long things are kept",
            ["--black-box", "--keep-legs", "--keep-events", "--keep-records", "--keep-recordings", "--keep-traces", "--keep-deliveries"]),
        ("What is let in and out, and what it may cost",
            ["--allow-targets", "--accounts-below", "--inbound-rate", "--unproven-share", "--rates", "--out-of-money", "--unpriced",
                "--verification-from", "--flash-from", "--campaign-share", "--campaign-rate", "--campaign-account-rate",
                "--campaign-child-rate", "--campaign-caller-rate", "--dialer-times"]),
        ("Mail", ["--smtp", "--mail-from"]),
        ("Voices, recognisers, models",
            ["--speech-provider", "--speech-url", "--speech-key", "--speech-voice", "--speech-model", "--voice-alias", "--strict-voices",
                "--recogniser", "--recogniser-url", "--recogniser-key", "--recogniser-model", "--deepgram-key", "--deepgram-url",
                "--deepgram-model", "--assemblyai-key", "--assemblyai-url", "--assemblyai-model", "--voice-detector",
                "--llm-url", "--llm-model", "--llm-alias", "--llm-key-file", "--realtime-url", "--realtime-key-file", "--realtime-model",
                "--ultravox-url", "--ultravox-key-file", "--agents", "--agent-lines", "--stream-byte-order",
                "--documents"]),
        ("To try things on", ["--lab", "--lab-pace", "--seed", "--clock", "--echo", "--media", "--check-replies"]),
        ("The log", ["--log-format", "--log-level"]),
        (Rest, []),
    ];

    public override int Invoke(ParseResult parsed)
    {
        if (others is not null && parsed.CommandResult.Command != command) return others.Invoke(parsed);
        Write(Console.Out);
        return 0;
    }

    internal void Write(TextWriter into)
    {
        into.WriteLine($"{command.Description}\n\nUsage: ringwright {command.Name} [options]");
        foreach (var (title, _) in Groups)
        {
            var flags = ServeFlags.All.Where(flag => TitleOf(flag.Name) == title).ToList();
            if (flags.Count == 0) continue;
            into.WriteLine($"\n{title}:");
            foreach (var flag in flags) Write(into, flag);
        }
    }

    /// <summary>Of the group that a flag is in.</summary>
    internal static string TitleOf(string flag) =>
        Groups.Where(group => group.Flags.Contains(flag, StringComparer.Ordinal)).Select(group => group.Title).FirstOrDefault(Rest);

    private static void Write(TextWriter into, ServeFlag flag)
    {
        string name = $"  {flag.Name}{(flag.Placeholder is { } what ? $" {what}" : "")}";
        string says = flag.Default.Length > 0 ? $"{flag.Meaning} [default: {flag.Default}]" : flag.Meaning;
        bool isLong = name.Length > NameColumns - 2;
        if (isLong) into.WriteLine(name);
        string line = isLong ? Indent : name.PadRight(NameColumns);
        bool isFirst = true;
        foreach (string word in says.Split(' '))
        {
            if (!isFirst && line.Length + 1 + word.Length > Columns)
            {
                into.WriteLine(line);
                (line, isFirst) = (Indent, true);
            }
            line += isFirst ? word : " " + word;
            isFirst = false;
        }
        into.WriteLine(line);
    }
}
