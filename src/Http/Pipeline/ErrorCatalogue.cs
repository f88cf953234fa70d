using System.Collections.Frozen;
using System.Globalization;

namespace Ringwright.Http;

/// <summary>
/// Code → title and status of one dialect, and which code each <see cref="Fault"/> has. Read from <c>errors.tsv</c> and <c>faults.tsv</c>.
/// </summary>
public sealed class ErrorCatalogue
{
    private readonly FrozenDictionary<string, ErrorEntry> _byCode;
    private readonly FrozenDictionary<Fault, string> _byFault;

    private ErrorCatalogue(Dictionary<string, ErrorEntry> byCode, Dictionary<Fault, string> byFault, string? documentation)
    {
        _byCode = byCode.ToFrozenDictionary(StringComparer.Ordinal);
        _byFault = byFault.ToFrozenDictionary();
        Documentation = documentation;
    }

    /// <summary>Address of a code's page with <c>{code}</c> in it; null leaves <c>meta.url</c> out.</summary>
    public string? Documentation { get; }

    public IEnumerable<ErrorEntry> Entries => _byCode.Values;

    public ErrorEntry? Find(string code) => _byCode.GetValueOrDefault(code);

    /// <summary>The code of a fault.</summary>
    public string CodeOf(Fault fault) => _byFault[fault];

    /// <summary>The problem of a fault, with the fault's code.</summary>
    public Problem Problem(Fault fault, string? detail = null) => new(_byFault[fault], detail);

    /// <summary>The status that a problem answers with.</summary>
    public int StatusOf(Problem problem) => problem.Status ?? Find(problem.Code)?.Status ?? 422;

    /// <param name="errors">Rows of code, title, status.</param>
    /// <param name="faults">Rows of fault (in snake case) and code; each fault has one.</param>
    /// <exception cref="FormatException">A row cannot be read, a fault has no row, or a code is unknown.</exception>
    public static ErrorCatalogue Read(string errors, string faults, string? documentation = null)
    {
        var byCode = new Dictionary<string, ErrorEntry>(StringComparer.Ordinal);
        foreach (var row in Rows.Of(errors, "code", "title", "status"))
            byCode.Add(row[0], new(row[0], row[1], int.Parse(row[2], CultureInfo.InvariantCulture)));

        var byFault = new Dictionary<Fault, string>();
        foreach (var row in Rows.Of(faults, "fault", "code"))
        {
            if (!Enum.TryParse<Fault>(row[0].Replace("_", ""), ignoreCase: true, out var fault))
                throw new FormatException($"'{row[0]}' is no fault.");
            if (!byCode.ContainsKey(row[1])) throw new FormatException($"The fault '{row[0]}' has the unknown code '{row[1]}'.");
            byFault.Add(fault, row[1]);
        }

        foreach (var fault in Enum.GetValues<Fault>())
            if (!byFault.ContainsKey(fault)) throw new FormatException($"The fault '{fault}' has no code.");
        return new(byCode, byFault, documentation);
    }
}

public sealed record ErrorEntry(string Code, string Title, int Status);
