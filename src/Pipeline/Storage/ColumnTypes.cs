using System.Data;
using System.Globalization;
using CarrierOptimization.Engine.Units;
using Dapper;

namespace CarrierOptimization.Pipeline.Storage;

/// <summary>How the product's types stand in columns: times as milliseconds UTC, money as micro-units, ICCIDs and GUIDs as text.</summary>
internal static class ColumnTypes
{
    public static void Register()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.RemoveTypeMap(typeof(Guid));
        SqlMapper.RemoveTypeMap(typeof(Guid?));
        SqlMapper.AddTypeHandler(typeof(DateTimeOffset), new TimeColumn());
        SqlMapper.AddTypeHandler(typeof(Money), new MoneyColumn());
        SqlMapper.AddTypeHandler(typeof(Iccid), new IccidColumn());
        SqlMapper.AddTypeHandler(typeof(Guid), new GuidColumn());
    }

    private sealed class TimeColumn : ColumnType<DateTimeOffset>
    {
        protected override DateTimeOffset Read(object value) =>
            DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(value, CultureInfo.InvariantCulture));

        protected override object Write(DateTimeOffset value) => value.ToUnixTimeMilliseconds();
    }

    private sealed class MoneyColumn : ColumnType<Money>
    {
        protected override Money Read(object value) => new(Convert.ToInt64(value, CultureInfo.InvariantCulture));

        protected override object Write(Money value) => value.MicroUnits;
    }

    private sealed class IccidColumn : ColumnType<Iccid>
    {
        protected override Iccid Read(object value) => Iccid.Parse((string)value);

        protected override object Write(Iccid value) => value.ToString();
    }

    private sealed class GuidColumn : ColumnType<Guid>
    {
        protected override Guid Read(object value) => Guid.Parse((string)value);

        protected override object Write(Guid value) => value.ToString();
    }

    /// <summary>One type. Dapper's own base class can't say that a single value is absent.</summary>
    private abstract class ColumnType<TValue> : SqlMapper.ITypeHandler
        where TValue : struct
    {
        public object? Parse(Type destinationType, object value) => value is DBNull or null ? null : Read(value);

        public void SetValue(IDbDataParameter parameter, object value)
        {
            object written = value is TValue given ? Write(given) : DBNull.Value;
            parameter.DbType = written is string ? DbType.String : DbType.Int64;
            parameter.Value = written;
        }

        protected abstract TValue Read(object value);

        protected abstract object Write(TValue value);
    }
}
