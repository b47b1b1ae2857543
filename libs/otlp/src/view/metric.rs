//! One metric and its data points.

use super::Attributes;
use crate::{
    view::group::members,
    wire::{Fields, WireError, packed_fixed64, packed_varints, zigzag},
};

#[derive(Debug, Clone, Copy)]
pub struct MetricView<'a> {
    pub name: &'a [u8],
    pub description: &'a [u8],
    pub unit: &'a [u8],
    pub data: MetricData<'a>,
}

/// What kind of metric; each holds the message with its data points.
#[derive(Debug, Clone, Copy)]
pub enum MetricData<'a> {
    None,
    Gauge(&'a [u8]),
    Sum { message: &'a [u8], temporality: Temporality, is_monotonic: bool },
    Histogram { message: &'a [u8], temporality: Temporality },
    ExponentialHistogram { message: &'a [u8], temporality: Temporality },
    Summary(&'a [u8]),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Temporality {
    Unspecified,
    Delta,
    Cumulative,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NumberValue {
    None,
    Double(f64),
    Int(i64),
}

/// Unix ns; `start_ns` 0 = not said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PointTimes {
    pub start_ns: u64,
    pub time_ns: u64,
}

#[derive(Debug, Clone, Copy)]
pub struct NumberPoint {
    pub times: PointTimes,
    pub value: NumberValue,
}

#[derive(Debug, Clone)]
pub struct HistogramPoint {
    pub times: PointTimes,
    pub count: u64,
    pub sum: Option<f64>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    /// One more than bounds, or none.
    pub counts: Vec<u64>,
    pub bounds: Vec<f64>,
}

#[derive(Debug, Clone)]
pub struct ExponentialHistogramPoint {
    pub times: PointTimes,
    pub count: u64,
    pub sum: Option<f64>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub scale: i32,
    pub zero_count: u64,
    pub zero_threshold: f64,
    pub positive: Buckets,
    pub negative: Buckets,
}

/// Bucket `i` of `counts` has index `offset + i`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Buckets {
    pub offset: i32,
    pub counts: Vec<u64>,
}

#[derive(Debug, Clone)]
pub struct SummaryPoint {
    pub times: PointTimes,
    pub count: u64,
    pub sum: f64,
    /// (quantile 0..=1, value)
    pub quantiles: Vec<(f64, f64)>,
}

impl<'a> MetricView<'a> {
    pub fn parse(message: &'a [u8]) -> Result<Self, WireError> {
        let mut metric = Self { name: b"", description: b"", unit: b"", data: MetricData::None };
        for field in Fields::of(message) {
            let field = field?;
            match field.number {
                1 => metric.name = field.bytes()?,
                2 => metric.description = field.bytes()?,
                3 => metric.unit = field.bytes()?,
                5 => metric.data = MetricData::Gauge(field.bytes()?),
                7 => metric.data = sum(field.bytes()?)?,
                9 => {
                    let message = field.bytes()?;
                    metric.data = MetricData::Histogram { message, temporality: temporality(message)? };
                }
                10 => {
                    let message = field.bytes()?;
                    metric.data =
                        MetricData::ExponentialHistogram { message, temporality: temporality(message)? };
                }
                11 => metric.data = MetricData::Summary(field.bytes()?),
                _ => {}
            }
        }
        Ok(metric)
    }
}

impl<'a> MetricData<'a> {
    /// Field numbers of the kinds of data in a `Metric` message.
    pub(crate) const FIELDS: [u32; 5] = [5, 7, 9, 10, 11];
    /// Field number of data points in all of them.
    pub(crate) const POINTS: u32 = 1;

    /// The data point messages; see [`Self::attributes_of`] for their attributes.
    pub fn points(&self) -> impl Iterator<Item = Result<&'a [u8], WireError>> + use<'a> {
        members(self.message(), Self::POINTS)
    }

    /// As sent; empty when there is none.
    pub(crate) const fn message(&self) -> &'a [u8] {
        match *self {
            Self::None => &[],
            Self::Gauge(message)
            | Self::Summary(message)
            | Self::Sum { message, .. }
            | Self::Histogram { message, .. }
            | Self::ExponentialHistogram { message, .. } => message,
        }
    }

    /// Its number in a `Metric` message.
    pub(crate) const fn field(&self) -> u32 {
        match self {
            Self::None | Self::Gauge(_) => 5,
            Self::Sum { .. } => 7,
            Self::Histogram { .. } => 9,
            Self::ExponentialHistogram { .. } => 10,
            Self::Summary(_) => 11,
        }
    }

    /// Attributes have another field number in each kind of data point.
    #[must_use]
    pub fn attributes_of(&self, point: &'a [u8]) -> Attributes<'a> {
        let number = match self {
            Self::None | Self::Gauge(_) | Self::Sum { .. } | Self::Summary(_) => 7,
            Self::Histogram { .. } => 9,
            Self::ExponentialHistogram { .. } => 1,
        };
        Attributes::of(point, number)
    }

    /// The exemplars of a data point; summaries have none.
    pub fn exemplars_of(
        &self,
        point: &'a [u8],
    ) -> impl Iterator<Item = Result<&'a [u8], WireError>> + use<'a> {
        let number = match self {
            Self::None | Self::Gauge(_) | Self::Sum { .. } => 5,
            Self::Histogram { .. } => 8,
            Self::ExponentialHistogram { .. } => 11,
            // No field has this number.
            Self::Summary(_) => 0,
        };
        members(point, number)
    }
}

fn sum(message: &[u8]) -> Result<MetricData<'_>, WireError> {
    let mut is_monotonic = false;
    for field in Fields::of(message) {
        let field = field?;
        if field.number == 3 {
            is_monotonic = field.varint()? != 0;
        }
    }
    Ok(MetricData::Sum { message, temporality: temporality(message)?, is_monotonic })
}

/// Field 2 of sums and of both histograms.
fn temporality(message: &[u8]) -> Result<Temporality, WireError> {
    let mut temporality = Temporality::Unspecified;
    for field in Fields::of(message) {
        let field = field?;
        if field.number == 2 {
            temporality = match field.varint()? {
                1 => Temporality::Delta,
                2 => Temporality::Cumulative,
                _ => Temporality::Unspecified,
            };
        }
    }
    Ok(temporality)
}

impl PointTimes {
    /// Fields 2 and 3 of every kind of data point.
    pub fn parse(point: &[u8]) -> Result<Self, WireError> {
        let mut times = Self::default();
        for field in Fields::of(point) {
            let field = field?;
            match field.number {
                2 => times.start_ns = field.fixed64()?,
                3 => times.time_ns = field.fixed64()?,
                _ => {}
            }
        }
        Ok(times)
    }
}

impl NumberValue {
    /// `None` of none. Beyond 2^53 a whole number loses its last digits.
    #[must_use]
    pub const fn as_double(self) -> Option<f64> {
        match self {
            Self::None => None,
            Self::Double(value) => Some(value),
            Self::Int(value) => Some(value as f64),
        }
    }
}

impl NumberPoint {
    pub fn parse(point: &[u8]) -> Result<Self, WireError> {
        let mut value = NumberValue::None;
        for field in Fields::of(point) {
            let field = field?;
            match field.number {
                4 => value = NumberValue::Double(field.double()?),
                6 => value = NumberValue::Int(field.fixed64()?.cast_signed()),
                _ => {}
            }
        }
        Ok(Self { times: PointTimes::parse(point)?, value })
    }
}

impl HistogramPoint {
    pub fn parse(point: &[u8]) -> Result<Self, WireError> {
        let times = PointTimes::parse(point)?;
        let (sum, min, max) = (None, None, None);
        let mut parsed = Self { times, count: 0, sum, min, max, counts: Vec::new(), bounds: Vec::new() };
        for field in Fields::of(point) {
            let field = field?;
            match field.number {
                4 => parsed.count = field.fixed64()?,
                5 => parsed.sum = Some(field.double()?),
                // Packed, or one by one: both are valid protobuf.
                6 => match field.value.bytes() {
                    Some(packed) => parsed.counts.extend(packed_fixed64(packed)?),
                    None => parsed.counts.push(field.fixed64()?),
                },
                7 => match field.value.bytes() {
                    Some(packed) => parsed.bounds.extend(packed_fixed64(packed)?.map(f64::from_bits)),
                    None => parsed.bounds.push(field.double()?),
                },
                11 => parsed.min = Some(field.double()?),
                12 => parsed.max = Some(field.double()?),
                _ => {}
            }
        }
        Ok(parsed)
    }
}

impl ExponentialHistogramPoint {
    pub fn parse(point: &[u8]) -> Result<Self, WireError> {
        let mut parsed = Self {
            times: PointTimes::parse(point)?,
            count: 0,
            sum: None,
            min: None,
            max: None,
            scale: 0,
            zero_count: 0,
            zero_threshold: 0.0,
            positive: Buckets::default(),
            negative: Buckets::default(),
        };
        for field in Fields::of(point) {
            let field = field?;
            match field.number {
                4 => parsed.count = field.fixed64()?,
                5 => parsed.sum = Some(field.double()?),
                6 => parsed.scale = sint32(field.varint()?),
                7 => parsed.zero_count = field.fixed64()?,
                8 => parsed.positive = Buckets::parse(field.bytes()?)?,
                9 => parsed.negative = Buckets::parse(field.bytes()?)?,
                12 => parsed.min = Some(field.double()?),
                13 => parsed.max = Some(field.double()?),
                14 => parsed.zero_threshold = field.double()?,
                _ => {}
            }
        }
        Ok(parsed)
    }
}

impl Buckets {
    fn parse(message: &[u8]) -> Result<Self, WireError> {
        let mut buckets = Self::default();
        for field in Fields::of(message) {
            let field = field?;
            match field.number {
                1 => buckets.offset = sint32(field.varint()?),
                2 => match field.value.bytes() {
                    Some(packed) => {
                        for count in packed_varints(packed) {
                            buckets.counts.push(count?);
                        }
                    }
                    None => buckets.counts.push(field.varint()?),
                },
                _ => {}
            }
        }
        Ok(buckets)
    }
}

impl SummaryPoint {
    pub fn parse(point: &[u8]) -> Result<Self, WireError> {
        let times = PointTimes::parse(point)?;
        let mut parsed = Self { times, count: 0, sum: 0.0, quantiles: Vec::new() };
        for field in Fields::of(point) {
            let field = field?;
            match field.number {
                4 => parsed.count = field.fixed64()?,
                5 => parsed.sum = field.double()?,
                6 => parsed.quantiles.push(quantile(field.bytes()?)?),
                _ => {}
            }
        }
        Ok(parsed)
    }
}

fn quantile(message: &[u8]) -> Result<(f64, f64), WireError> {
    let (mut quantile, mut value) = (0.0, 0.0);
    for field in Fields::of(message) {
        let field = field?;
        match field.number {
            1 => quantile = field.double()?,
            2 => value = field.double()?,
            _ => {}
        }
    }
    Ok((quantile, value))
}

/// What does not fit is out of every sensible range anyway.
fn sint32(value: u64) -> i32 {
    i32::try_from(zigzag(value)).unwrap_or(0)
}
