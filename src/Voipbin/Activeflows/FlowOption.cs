namespace Ringwright.Voipbin.Activeflows;

internal enum OptionKind { Text, Whole, Number, Flag, Id, Word, Url, Texts, Urls, Wholes, Address, Addresses, Actions, Targets, Recordings }

/// <summary>One option of an action: what may stand there.</summary>
internal sealed record FlowOption(string Name, OptionKind Kind)
{
    public bool IsRequired { get; init; }
    /// <summary>Of a number.</summary>
    public int Least { get; init; } = int.MinValue;
    public int Most { get; init; } = int.MaxValue;
    /// <summary>Characters of a text, entries of a list.</summary>
    public int MostLength { get; init; } = 4 * 1024;
    /// <summary>What a <see cref="OptionKind.Word"/> may be; the empty text too.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    public static FlowOption Text(string name, int most = 4 * 1024) => new(name, OptionKind.Text) { MostLength = most };
    public static FlowOption Whole(string name, int least = int.MinValue, int most = int.MaxValue) =>
        new(name, OptionKind.Whole) { Least = least, Most = most };
    public static FlowOption Flag(string name) => new(name, OptionKind.Flag);
    public static FlowOption Id(string name) => new(name, OptionKind.Id);
    public static FlowOption OneOf(string name, params string[] words) => new(name, OptionKind.Word) { Words = words };
    public static FlowOption Url(string name) => new(name, OptionKind.Url);
    public static FlowOption Address(string name) => new(name, OptionKind.Address);
    public static FlowOption Addresses(string name) => new(name, OptionKind.Addresses) { MostLength = FlowLimits.Destinations };

    public FlowOption Required => this with { IsRequired = true };
}
