using System.CommandLine;
using System.Globalization;
using Ringwright.Server.Demo;
using Ringwright.Server.Modules;

namespace Ringwright.Server.Cli;

internal static class DemoCommand
{
    private const int MostAtATime = 200, MostDays = 365, UsualDays = 30;

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
        var agency = new Option<bool>("--agency")
        {
            Description = "fill an agency with three clients and a month of calls in place of that, by a clock that jumps"
        };
        var days = new Option<int>("--days")
        {
            Description = $"days of the agency, 1 to {MostDays}", HelpName = "N", DefaultValueFactory = _ => UsualDays
        };
        days.Validators.Add(given =>
        {
            if (given.Tokens is [var token]
                    && !(int.TryParse(token.Value, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= MostDays))
                given.AddError($"--days must be a whole number from 1 to {MostDays}, not '{token.Value}'");
        });
        var command = new Command("demo", "An appointment-reminder call-out to the people of the lab, over the public API.")
        {
            contacts, seed, atATime, keep, through, agency, days
        };
        Option[] ofCallOut = [contacts, atATime, through];
        command.Validators.Add(given =>
        {
            bool isAgency = given.GetValue(agency);
            if (ofCallOut.FirstOrDefault(one => given.GetResult(one) is { Implicit: false }) is { } other && isAgency)
                given.AddError($"{other.Name} is of the call-out, and not of --agency");
            if (!isAgency && given.GetResult(days) is { Implicit: false }) given.AddError("--days is of --agency");
        });
        command.SetAction((parsed, stop) => parsed.GetValue(agency)
            ? AgencyDemo.RunAsync(new(parsed.GetValue(seed), parsed.GetValue(days), parsed.GetValue(keep)), stop)
            : DemoRun.RunAsync(
            new DemoOptions(parsed.GetValue(contacts) ?? Path.Combine(AppContext.BaseDirectory, "demo", "contacts.csv"),
                parsed.GetValue(seed), parsed.GetValue(atATime), parsed.GetValue(keep),
                kinds.FirstOrDefault(kind => kind.Name == parsed.GetValue(through)),
                campaigns.FirstOrDefault(api => api.Name == parsed.GetValue(through)),
                calls.FirstOrDefault(api => api.Name == parsed.GetValue(through))), stop));
        return command;
    }
}
