using System.Globalization;
using System.Text;
using Ringwright.Calls;
using Ringwright.Testing;

namespace Ringwright.Edge.Detection;

/// <summary>The detection that tells kinds, on voices and tones that other programs and people have made.</summary>
public sealed class AnswererTests(ITestOutputHelper output)
{
    private const int Count = 560;
    private const string Begin = "<!-- measured on kinds: ./ringwright golden rewrites this part -->",
        End = "<!-- end of the part about kinds -->";

    [Fact, Depth("a detector is examined whole; the gate has AnswererKindTests, and a machine on a real call in Interop")]
    public void Homes_offices_machines_faxes_and_nobody_are_told_apart_as_promised_and_the_page_says_so()
    {
        Tool.Require(["sox", "flite", "espeak-ng", .. Recordings.Folders]);
        var all = Enumerable.Range(1, Count).AsParallel().AsOrdered().Select(seed => Answerer.Make((ulong)seed)).ToList();
        string digest = ClipPage.Digest(all.Select(a => a.Samples)), page = Write(all, digest);
        output.WriteLine(page);
        foreach (var wrong in all.Where(a => !a.IsRight(a.Usual) && a.Kind is not AnswererKind.LongOffice))
            output.WriteLine(wrong.ToString());
        ClipPage.Compare(page, digest, Begin, End);

        Require(all, 0.95, a => a.Usual, AnswererKind.Home);
        Require(all, 0.90, a => a.Usual, AnswererKind.Office);
        Require(all, 0.90, a => a.ForOffices, AnswererKind.Office, AnswererKind.LongOffice);
        Require(all, 0.90, a => a.Usual, AnswererKind.Greeting, AnswererKind.GreetingAndBeep);
        Require(all, 1.00, a => a.Usual, AnswererKind.FaxAnswers, AnswererKind.FaxCalls, AnswererKind.Nobody);
    }

    private static void Require(List<Answerer> all, double share, Func<Answerer, Hearing> heard, params AnswererKind[] kinds)
    {
        var part = all.Where(a => a.IsHeldOut && kinds.Contains(a.Kind)).ToList();
        int right = part.Count(a => a.IsRight(heard(a)));
        Assert.True(right >= share * part.Count,
            $"{string.Join(", ", kinds)}: {right} of {part.Count}, where {100 * share:F0} % are promised");
    }

    private static string Write(List<Answerer> all, string digest)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{all.Count} calls, half of them held out; the digest of their samples is {digest}.\n");
        Table(text, all.Where(a => a.IsHeldOut), "held out, defaults", a => a.Usual);
        Table(text, all.Where(a => a.IsHeldOut), "held out, `greeting_duration_millis` 6000", a => a.ForOffices);
        Table(text, all.Where(a => !a.IsHeldOut), "for tuning, defaults", a => a.Usual);
        return text.ToString();
    }

    private static void Table(StringBuilder text, IEnumerable<Answerer> calls, string name, Func<Answerer, Hearing> heard)
    {
        (string Title, Func<Hearing, bool> Is)[] columns =
        [
            ("residence", h => h.Verdict is MachineVerdict.Residence), ("business", h => h.Verdict is MachineVerdict.Business),
            ("machine", h => h.Verdict is MachineVerdict.Machine),
            ("beep alone", h => h is { Verdict: null, End: GreetingEnd.BeepDetected }),
            ("fax", h => h.Verdict is MachineVerdict.Fax), ("silence", h => h.Verdict is MachineVerdict.Silence),
            ("not sure", h => h.Verdict is MachineVerdict.NotSure), ("beep told", h => h.End is GreetingEnd.BeepDetected),
            ("no beep told", h => h.End is GreetingEnd.NoBeep),
        ];
        string titles = string.Join(" | ", columns.Select(c => c.Title));
        text.Append(CultureInfo.InvariantCulture, $"\n| {name} | calls | {titles} | mean time |\n|---|")
            .Append(string.Concat(Enumerable.Repeat("---:|", columns.Length + 2))).Append('\n');
        foreach (var group in calls.GroupBy(a => a.Kind).OrderBy(g => g.Key))
        {
            var hearings = group.Select(heard).ToList();
            double time = hearings.Average(h => h.Verdict is null ? h.EndAt : h.VerdictAt);
            string counts = string.Join(" | ", columns.Select(c => hearings.Count(c.Is)));
            text.Append(CultureInfo.InvariantCulture, $"| {Words(group.Key)} | {hearings.Count} | {counts} | {time:F1} s |\n");
        }
    }

    private static string Words(AnswererKind kind) => kind switch
    {
        AnswererKind.Home => "a person at home",
        AnswererKind.Office => "a person in an office",
        AnswererKind.LongOffice => "one who greets for 3.5 s and more",
        AnswererKind.Greeting => "a recorded greeting",
        AnswererKind.GreetingAndBeep => "a recorded greeting and a beep",
        AnswererKind.FaxAnswers => "a fax that answers",
        AnswererKind.FaxCalls => "a fax that calls",
        _ => "nobody",
    };
}
