using Ringwright.Campaigns.Texts;
using Ringwright.Lab.Personas;

namespace Ringwright.Server.Modules;

/// <summary>The lab's people, to whoever texts them.</summary>
internal sealed class LabTexters : ITextPeople
{
    /// <summary>The latter is what two full queues cost a carrier's bind: five seconds, then ten.</summary>
    private static readonly TimeSpan Off = TimeSpan.FromSeconds(30), Full = TimeSpan.FromSeconds(15);

    public static bool Has(string number) => Texters.HabitOf(number) is not null;

    public TextPerson? Find(string number) => Texters.HabitOf(number) is not { } habit ? null : new()
    {
        IsRefusing = habit is TextHabit.Refuses,
        IsSilent = habit is TextHabit.Silent,
        IsOffFor = habit is TextHabit.Away ? Off : habit is TextHabit.Full ? Full : TimeSpan.Zero,
        Answer = (words, isAutomatic) => Texters.Answer(number, words, isAutomatic),
    };
}
