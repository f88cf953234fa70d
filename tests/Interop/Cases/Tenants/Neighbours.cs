using System.Globalization;
using System.Text.RegularExpressions;
using Ringwright.Core;

namespace Ringwright.Interop.Cases;

/// <summary>The tests that share the three accounts take turns.</summary>
[CollectionDefinition(nameof(Neighbours))]
public sealed class NeighboursDefinition : ICollectionFixture<Neighbours>;

/// <summary>Three accounts on one node: two roots and a child of the first. Made from a seed, once for all tests of isolation.</summary>
public sealed partial class Neighbours : IAsyncLifetime
{
    // What calls say is written down, and no test reads it: a recogniser that makes its words first would only make them wait.
    private readonly ListeningNode _listening = new();

    private readonly List<Phone> _phones = [];

    public RunningNode Node => _listening.Node;

    internal Estate Root { get; private set; } = null!;      // made before any test
    internal Estate Child { get; private set; } = null!;     // made before any test
    internal Estate Other { get; private set; } = null!;     // made before any test

    internal IReadOnlyList<Estate> All => [Root, Child, Other];

    /// <summary>Who asks, and whose things it must not see.</summary>
    internal IEnumerable<(Estate Asks, Estate Owner)> Pairs => from asks in All from owner in All where asks != owner select (asks, owner);

    internal Rng Luck { get; private set; } = new(1);

    public async ValueTask InitializeAsync()
    {
        ulong seed =
            ulong.TryParse(Environment.GetEnvironmentVariable("RINGWRIGHT_SEED"), CultureInfo.InvariantCulture, out ulong said) ? said : 1;
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        await _listening.InitializeAsync();
        Luck = new(seed);
        Root = await BuildAsync("agency", null);
        Child = await BuildAsync("client", Root.Name);
        Other = await BuildAsync("rival", null);
    }

    private Task<Estate> BuildAsync(string name, string? parent)
    {
        var phone = new Phone(Node);
        _phones.Add(phone);
        return Estate.BuildAsync(Node, name, $"+1555030{_phones.Count:D4}", Luck, phone, parent);
    }

    internal Phone NewPhone()
    {
        var phone = new Phone(Node);
        _phones.Add(phone);
        return phone;
    }

    /// <summary>A value of the same form that nobody has.</summary>
    internal string Unlike(string value)
    {
        if (Guid.TryParse(value, out _)) return Guid.NewGuid().ToString();
        if (value.StartsWith("v3:", StringComparison.Ordinal))
        {
            char[] forged = value.ToCharArray();
            forged[20] = forged[20] == 'A' ? 'B' : 'A';
            return new(forged);
        }
        // Digits stay digits and letters letters, so that a value is as well-formed as it was; the first ones say what kind it is.
        return string.Concat(value.Select((c, i) => i < 3 || (value[0] == '+' && i < 7) ? c
            : char.IsAsciiDigit(c) ? (char)('0' + Luck.Next(10)) : char.IsAsciiLetter(c) ? (char)('a' + Luck.Next(26)) : c));
    }

    /// <summary>Fails when the text holds anything that is the owner's own, but for what the asker said itself.</summary>
    internal static void ShowsNothingOf(Estate owner, string text, string where, params string[] said)
    {
        foreach (string known in said.Where(s => s.Length > 0).SelectMany(s => new[] { s, Uri.EscapeDataString(s) }))
            text = text.Replace(known, "", StringComparison.OrdinalIgnoreCase);
        foreach (string secret in owner.Secrets)
            Assert.False(text.Contains(secret, StringComparison.OrdinalIgnoreCase), $"{where} shows '{secret}' of {owner.Name}:\n{text}");
    }

    /// <summary>Status, body and headers, without what is new with each request and without the id that was asked for.</summary>
    internal static string Plain(Answer answer, string id)
    {
        string headers = string.Join('\n', answer.Headers.Where(h => !Changing.Contains(h.Key)).OrderBy(h => h.Key, StringComparer.Ordinal)
            .Select(h => $"{h.Key}: {string.Join(',', h.Value)}"));
        string text = answer.Text.Replace(id, "ID", StringComparison.OrdinalIgnoreCase)
            .Replace(Uri.EscapeDataString(id), "ID", StringComparison.OrdinalIgnoreCase);
        return $"{answer.Status}\n{headers}\n{Fresh().Replace(text, "~")}";
    }

    private static readonly HashSet<string> Changing =
        new(StringComparer.OrdinalIgnoreCase) { "date", "x-request-id", "x-ratelimit-remaining", "x-ratelimit-reset" };

    /// <summary>Ids of requests, and of what is made anew; those of others are looked for before.</summary>
    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|v3:[A-Za-z0-9_-]{54}")]
    private static partial Regex Fresh();

    public async ValueTask DisposeAsync()
    {
        foreach (var phone in _phones) phone.Dispose();
        foreach (var estate in All.OfType<Estate>()) await estate.Customer.DisposeAsync();
        await _listening.DisposeAsync();
    }
}
