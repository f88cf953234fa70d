using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Lab.Personas;

/// <summary>The lab's telephone directory: the number chooses the person.</summary>
/// <param name="did">Hears what somebody has done on his leg.</param>
internal sealed class Directory(IPrompts prompts, TimeProvider clock, ulong seed, Action<LegId, LegCommand>? did = null)
{
    /// <summary>Rows of <c>prefix</c> and person, the longest prefix first; docs/reference/lab.md lists them for users.</summary>
    private static readonly (string Prefix, Func<string, Persona> Create)[] Rows =
    [
        ("+155500901", _ => new OnBadLine(new Person())),
        ("+155500902", _ => new Person()),
        ("+155500903", _ => new Person()),
        ("+155500904", _ => new Talker(seconds: 0)),
        ("+155500905", _ => new Person()),
        ("+155500906", _ => new Holder()),
        ("+155500900", number => new Talker(TwoDigits(number, 10))),
        ("+1555000", _ => new Person()),
        ("+1555001", _ => new Voicemail()),
        ("+1555002", _ => new Refuser(486)),
        ("+1555003", _ => new Absentee()),
        ("+1555004", _ => new Refuser(603)),
        ("+1555005", _ => new Refuser(404)),
        ("+1555006", _ => new Menu()),
        ("+1555007", number => new Presser(number.Length > 8 ? number[8] : '1')),
        ("+1555008", _ => new Echoer()),
    ];

    private ulong _legs;

    /// <summary>Who is on that leg. The seed and the order of calls fix his choices.</summary>
    public ICallProgram Answer(LegFacts leg) =>
        new PersonaProgram(Find(leg.Direction is Direction.Inbound ? leg.To : leg.From), prompts, clock,
            new Rng(seed + Interlocked.Increment(ref _legs)), did);

    /// <summary>A new persona for one call; numbers that nobody has are not found.</summary>
    public static Persona Find(string number)
    {
        if (number.Length == 12)
            foreach (var (prefix, create) in Rows)
                if (number.StartsWith(prefix, StringComparison.Ordinal)) return create(number);
        return new Refuser(404);
    }

    private static int TwoDigits(string number, int at) => (number[at] - '0') * 10 + (number[at + 1] - '0');
}
