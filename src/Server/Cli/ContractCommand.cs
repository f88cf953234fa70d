using System.CommandLine;
using Ringwright.Server.Modules;

namespace Ringwright.Server.Cli;

/// <summary><c>contract</c>: what of the customers' API answers.</summary>
internal static class ContractCommand
{
    public static Command Create()
    {
        var all =
            new Option<bool>("--all") { Description = "also each operation: * is proven by a test, + is in, - is absent, with the reason" };
        var command = new Command("contract", "Which operations and events of the contract are in, by family.") { all };
        command.SetAction((parsed, _) => WriteAsync(Console.Out, parsed.GetValue(all)));
        return command;
    }

    internal static async Task<int> WriteAsync(TextWriter into, bool withOperations)
    {
        foreach (var coverage in NodeModules.Coverages()) await WriteAsync(coverage, into, withOperations);
        return 0;
    }

    private static async Task WriteAsync(Http.Coverage coverage, TextWriter into, bool withOperations)
    {
        int width = coverage.Families.Max(f => f.Family.Length);
        foreach (var family in coverage.Families)
        {
            await into.WriteLineAsync($"{family.Family.PadRight(width)}  {family.Real,3} of {family.Total,3} in, {family.Proven,3} proven");
            if (!withOperations) continue;
            foreach (var operation in family.Operations)
                await into.WriteLineAsync(
                    $"    {(operation.Reason is not null ? '-' : operation.IsProven ? '*' : '+')} {operation.Operation.Method,-6} "
                    + $"{operation.Operation.Path}{(operation.Reason is { } reason ? $"  {reason}" : "")}");
        }
        await into.WriteLineAsync();
        if (withOperations)
            foreach (var happening in coverage.Events)
                await into.WriteLineAsync($"    {(happening.IsReal ? "+" : "-")} {happening.Event.Name}");
        await into.WriteLineAsync($"webhook events: {coverage.RealEvents} of {coverage.TotalEvents}");
        await into.WriteLineAsync($"operations: {coverage}");
        await into.WriteLineAsync($"proven: {coverage.Proven} of {coverage.Total}");
        await into.WriteLineAsync($"parameters: {coverage.Parameters}");
    }
}
