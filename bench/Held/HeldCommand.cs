using System.CommandLine;

namespace Ringwright.Bench.Held;

/// <summary><c>./ringwright bench held</c>: how much memory a call keeps that is up and does nothing.</summary>
internal static class HeldCommand
{
    private const int UsualFew = 1_000, UsualMany = 5_000, Most = 6_000;

    public static Command Create()
    {
        var few = new Option<int>("--few")
        {
            Description = "calls that are up at first, 1 to 6000", DefaultValueFactory = _ => UsualFew, HelpName = "N"
        };
        var many = new Option<int>("--many")
        {
            Description = "and then, more than at first", DefaultValueFactory = _ => UsualMany, HelpName = "N"
        };
        Bound(few);
        Bound(many);
        var quick = new Option<bool>("--quick") { Description = "a handful of calls: shows that all works, and its figures mean nothing" };
        var json = new Option<string>("--json") { Description = "write the figures to this file too", HelpName = "FILE" };
        var command = new Command("held", "Measure the memory of a call that is up and does nothing, beside the bytes of its SIP messages.")
        {
            few, many, quick, json
        };
        command.SetAction(async (parsed, stop) =>
        {
            bool isQuick = parsed.GetValue(quick);
            var (first, then) = isQuick ? (2, 4) : (parsed.GetValue(few), parsed.GetValue(many));
            if (then <= first) throw new BenchFailure("--many must be more than --few");
            var figures = await HeldCost.MeasureAsync(first, then, isQuick, Console.Error.WriteLine, stop);
            string text = figures.ToJsonString(new() { WriteIndented = true });
            await Console.Out.WriteLineAsync(text);
            if (parsed.GetValue(json) is { } file) await File.WriteAllTextAsync(file, text + "\n", stop);
            return 0;
        });
        return command;
    }

    private static void Bound(Option<int> option) => option.Validators.Add(given =>
    {
        if (given.GetValueOrDefault<int>() is not (>= 1 and <= Most)) given.AddError($"{option.Name} must be from 1 to {Most}");
    });
}
