namespace Ringwright.Calls;

/// <summary>
/// What can be asked of a subject. Each kind that can be commanded has a closed union of its own; <see cref="LegCommand"/> is the legs'.
/// </summary>
public abstract record SubjectCommand
{
    /// <summary>A repeat of this id on the same subject within 60 s is accepted and does nothing.</summary>
    public string? CommandId { get; init; }

    /// <summary>It frees what overload lacks, so it may use the room that endings have.</summary>
    public virtual bool IsEnding => false;
}
