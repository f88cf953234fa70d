using System.CommandLine;
using Ringwright.Admission.Numbering;
using Ringwright.Campaigns.Lists;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary>The options of <c>campaign run</c> and <c>campaign import</c> about how the file is read.</summary>
internal sealed class TargetFileOptions
{
    private readonly Option<string[]> _map = new("--map")
    {
        Description = "what a column is: phone, name, timezone, due_at, destination_2 to destination_5, a word for the message, or nothing "
            + "to leave it out; once for each column", HelpName = "COLUMN=FIELD"
    };
    private readonly Option<string> _country = new("--country")
    {
        Description = "of numbers without + and country code, for example DE; without this each must have them", HelpName = "CC"
    };
    private readonly Option<string> _report = new("--report")
    {
        Description = "a CSV to be made: what became of each row", HelpName = "FILE"
    };

    public TargetFileOptions() => _map.Validators.Add(static given =>
    {
        foreach (var token in given.Tokens.Where(static token => token.Value.IndexOf('=', StringComparison.Ordinal) <= 0))
            given.AddError($"--map must be COLUMN=FIELD, for example Mobile=phone, not '{token.Value}'");
    });

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_map, _country, _report]) command.Options.Add(option);
    }

    /// <exception cref="StartRefused">There is no such country, or a column is named twice.</exception>
    public TargetReading Read(ParseResult parsed)
    {
        var columns = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string pair in parsed.GetValue(_map) ?? [])
        {
            int sign = pair.LastIndexOf('='); // a name may have one; a field has none
            if (!columns.TryAdd(Word(pair[..sign]), Word(pair[(sign + 1)..])))
                throw new StartRefused($"--map names the column '{pair[..sign]}' twice");
        }
        return new() { Columns = columns, Home = HomeOf(parsed.GetValue(_country)), Report = parsed.GetValue(_report) };
    }

    /// <returns>Null where none is named.</returns>
    /// <exception cref="StartRefused">There is no such country.</exception>
    internal static NationalNumbers? HomeOf(string? country) => country is null ? null
        : NationalNumbers.TryOf(NumberingPlans.Load(), country, out var home) ? home
        : throw new StartRefused($"--country: there is no country '{country}'; it is two letters, for example DE or US");

    private static string Word(string text) => text.Trim().ToLowerInvariant();
}
