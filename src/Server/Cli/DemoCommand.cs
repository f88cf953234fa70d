using System.CommandLine;
using Ringwright.Server.Demo;
using Ringwright.Server.Modules;

namespace Ringwright.Server.Cli;

internal static class DemoCommand
{
    private const int MostAtATime = 200;

    public static Command Create()
    {
        var contacts = new Option<string>("--contacts")
        {
            Description = "CSV with name, phone and appointment; the sixty of demo/contacts.csv when not given", HelpName = "FILE"
        };
        var seed =
            new Option<ulong>("--seed") { Description = "what the people of the lab choose", HelpName = "N", DefaultValueFactory = _ => 1 };
        var atATime = new Option<int>("--at-a-time")
        {
            Description = $"calls at a time, 1 to {MostAtATime}", HelpName = "N", DefaultValueFactory = _ => 20
        };
        atATime.Validators.Add(given =>
        {
            if (given.Tokens is [var token] && !(int.TryParse(token.Value, out int calls) && calls is >= 1 and <= MostAtATime))
                given.AddError($"--at-a-time must be a whole number from 1 to {MostAtATime}, not '{token.Value}'");
        });
        var keep = new Option<bool>("--keep") { Description = "leave the node running until Ctrl-C" };
        var kinds = NodeModules.Documents;
        var campaigns = NodeModules.Campaigns;
        var calls = NodeModules.Calls;
        string[] ways = [.. kinds.Select(kind => kind.Name), .. campaigns.Select(api => api.Name), .. calls.Select(api => api.Name)];
        var through = new Option<string>("--through")
        {
            Description = "let documents command the calls, or a campaign place them, in place of webhooks that are answered by commands",
            HelpName = string.Join('|', [NodeModules.Commanded, .. ways]),
            // Webhooks that are answered by commands.
            DefaultValueFactory = _ => NodeModules.Commanded,
        };
        through.AcceptOnlyFromAmong([NodeModules.Commanded, .. ways]);
        var command = new Command("demo", "An appointment-reminder call-out to the people of the lab, over the public API.")
        {
            contacts, seed, atATime, keep, through
        };
        command.SetAction((parsed, stop) => DemoRun.RunAsync(
            new DemoOptions(parsed.GetValue(contacts) ?? Path.Combine(AppContext.BaseDirectory, "demo", "contacts.csv"),
                parsed.GetValue(seed), parsed.GetValue(atATime), parsed.GetValue(keep),
                kinds.FirstOrDefault(kind => kind.Name == parsed.GetValue(through)),
                campaigns.FirstOrDefault(api => api.Name == parsed.GetValue(through)),
                calls.FirstOrDefault(api => api.Name == parsed.GetValue(through))), stop));
        return command;
    }
}
