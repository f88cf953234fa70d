namespace Ringwright.Server.Settings;

/// <summary>The language model of customers and their assistants: the operator's choice, and not under the target policy.</summary>
/// <param name="BaseUrl">Up to and without <c>/chat/completions</c>.</param>
internal sealed record LlmSettings(string BaseUrl)
{
    /// <summary>Asked for whatever an assistant names; null asks for the one that it names.</summary>
    public string? Model { get; init; }
    /// <summary>What the server's models are called by assistants and requests; <see cref="Others"/> is whatever else they name.</summary>
    public IReadOnlyList<(string Name, string Model)> Aliases { get; init; } = [];
    public const string Others = "*";
    /// <summary>The file of its key, with its whole path; null where it asks for none.</summary>
    public string? KeyFile { get; init; }

    /// <summary>What the server is asked for where this is named.</summary>
    public string NameOf(string named)
    {
        if (Model is { } one) return one;
        if (Find(named) is { } model) return model;
        // What names stand for is a model of the server's, and stays.
        return Aliases.Any(alias => alias.Model == named) ? named : Find(Others) ?? named;
    }

    private string? Find(string name)
    {
        foreach (var alias in Aliases)
            if (alias.Name == name) return alias.Model;
        return null;
    }
}
