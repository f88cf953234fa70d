using Ringwright.Server.Cli;
using Ringwright.Server.Nodes;
using Ringwright.Server.Settings;

namespace Ringwright.Server.Doctor;

/// <summary>Runs all checks and writes them, one line each, with what to do below those that need it.</summary>
internal static class DoctorReport
{
    /// <returns>The exit code: 1 when something is bad.</returns>
    public static async Task<int> RunAsync(ServeSettings settings, TextWriter into, CancellationToken stop)
    {
        using var admin = new AdminClient(settings.Data);
        var node = await admin.FindNodeAsync(stop);
        var findings = new List<Finding>();
        if (node is not null)
        {
            findings.Add(node.IsReady
                ? Finding.Good("node",
                    $"process {node.Pid} runs on {settings.Data}: API {node.Http}, SIP {node.Sip}, RTP {node.Rtp}, {node.Legs} live "
                    + $"{(node.Legs == 1 ? "call" : "calls")}{Media(node)}")
                : Finding.Warning("node",
                    $"process {node.Pid} runs on {settings.Data} and is not "
                    + $"ready{string.Concat(node.Troubles.Select(t => $": {t.TrimEnd('.')}"))}",
                    "look at its log lines"));
        }
        else findings.AddRange(PortChecks.Run(settings));
        findings.AddRange(await DataChecks.RunAsync(settings, node, stop));
        if (node is not null && DataChecks.Webhooks(node) is { } waiting) findings.Add(waiting);
        if (node is { DatabaseTrouble: null })
        {
            findings.AddRange(await TrunkChecks.RunAsync(admin, stop));
            findings.AddRange(await TextCarrierChecks.RunAsync(admin, stop));
            findings.AddRange(await EmergencyChecks.RunAsync(admin, node.Phones, stop));
            findings.AddRange(await PriceChecks.RunAsync(admin, stop));
        }
        findings.AddRange(CertificateChecks.Run(CertificateEnds.Look(settings), DateTimeOffset.UtcNow));
        findings.AddRange(ClockChecks.Run());
        if (node is { Clock: "virtual" } || settings.VirtualStart is not null)
            findings.Add(Finding.Warning("virtual time", "calls, retries and windows go by --clock virtual",
                "good for tests; what is somewhere else lives by the wall clock"));
        findings.AddRange(UnknownVariables.OfProcess().Select(one => Finding.Warning("settings",
            $"{one.Name} of the environment is no setting, and does nothing", UnknownVariables.AdviceOf(one.Meant))));
        findings.AddRange(SystemChecks.Run());
        findings.Add(SystemChecks.Recognition(settings.Recognition));

        foreach (var finding in findings)
        {
            string mark = finding.Verdict switch { Verdict.Good => "ok  ", Verdict.Warning => "warn", _ => "BAD " };
            await into.WriteLineAsync($"{mark}  {finding.About,-13} {finding.Says}");
            if (finding.Advice is { } advice) await into.WriteLineAsync($"{"",19} -> {advice}");
        }
        int bad = findings.Count(f => f.Verdict is Verdict.Bad), warnings = findings.Count(f => f.Verdict is Verdict.Warning);
        await into.WriteLineAsync(bad > 0 ? $"\n{Things(bad)} must be put right first."
            : warnings > 0 ? $"\nA node can run; {Things(warnings)} could be better." : "\nAll is well.");
        return bad > 0 ? 1 : 0;
    }

    private static string Media(NodeStatus node) =>
        node.Media == "inline" ? ", audio inside the same process" : node.MediaPid is { } process ? $", audio in process {process}" : "";

    private static string Things(int count) => count == 1 ? "one thing" : $"{count} things";
}
